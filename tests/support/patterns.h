// Regular expressions (ECMAScript), for tests. Here, since <regex> takes long
// to compile.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

// Whether all of `text` matches.
bool matches(const std::string& text, const std::string& pattern);

// The whole text and the groups of `pattern`, if all of `text` matches; else
// nothing.
std::vector<std::string> groups(const std::string& text,
                                const std::string& pattern);

// How often `pattern` is found in `text`.
std::ptrdiff_t count(const std::string& text, const std::string& pattern);

// What the groups of `pattern`, the whole match first, are at each place in
// `text` where it is found.
std::vector<std::vector<std::string>> all_matches(const std::string& text,
                                                  const std::string& pattern);

// `text` with each place where `pattern` is found replaced by `by`, in which $1
// is the first group.
std::string replaced(const std::string& text, const std::string& pattern,
                     const std::string& by);
