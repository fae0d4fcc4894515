#include "tests/support/patterns.h"

#include <map>
#include <regex>

namespace {

// Each is compiled once: that takes longer than most searches.
const std::regex& compiled(const std::string& pattern) {
  static std::map<std::string, std::regex> patterns;
  const auto found = patterns.find(pattern);
  return found != patterns.end()
             ? found->second
             : patterns.emplace(pattern, pattern).first->second;
}

}  // namespace

bool matches(const std::string& text, const std::string& pattern) {
  return std::regex_match(text, compiled(pattern));
}

std::vector<std::string> groups(const std::string& text,
                                const std::string& pattern) {
  std::smatch match;
  if (!std::regex_match(text, match, compiled(pattern))) {
    return {};
  }
  return {match.begin(), match.end()};
}

std::ptrdiff_t count(const std::string& text, const std::string& pattern) {
  return std::distance(
      std::sregex_iterator(text.begin(), text.end(), compiled(pattern)), {});
}

std::vector<std::vector<std::string>> all_matches(const std::string& text,
                                                  const std::string& pattern) {
  std::vector<std::vector<std::string>> all;
  for (std::sregex_iterator match(text.begin(), text.end(), compiled(pattern)),
       end;
       match != end; ++match) {
    all.emplace_back(match->begin(), match->end());
  }
  return all;
}

std::string replaced(const std::string& text, const std::string& pattern,
                     const std::string& by) {
  return std::regex_replace(text, compiled(pattern), by);
}
