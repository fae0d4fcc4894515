// The texts of this project, as the tests that speak about them see them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

using Lines = std::vector<std::string>;

// Splits at newlines; a last line without one counts too.
Lines split_lines(const std::string& text);

// The lines of the file `path`, which is relative to the root of the project.
// Throws std::runtime_error if it can't be read.
Lines lines_of(const std::string& path);

// The files below the folder `folder` of the project in `root`, by their path
// in it, sorted. What learners write, tests/hands/mine/, is none of the
// project's.
Lines files_below(const std::string& root, const std::string& folder);

// Lines removed plus lines added, white space aside, as `diff -w` counts them.
std::size_t changed_lines(const Lines& from, const Lines& to);
