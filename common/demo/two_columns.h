// What step4_coroutines/hooks.cpp begins with: lines that are noted one by one,
// and then shown in two columns.
#pragma once

#include <algorithm>
#include <cstdio>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using Lines = std::vector<std::string>;
inline Lines said;

// Notes `line`. Returns `result`, so that a function can say its name and
// answer in one line.
template <typename T = bool>
T say(const std::string& line, T result = {}) {
  said.push_back(line);
  return result;
}

// Prints both, side by side. Returns whether they are equal.
inline bool print_columns(Lines left, Lines right) {
  const bool equal = left == right;
  const std::size_t size = std::max(left.size(), right.size());
  left.resize(size);
  right.resize(size);
  std::printf("%-22s%s\n", "-- compiled", "-- by hand");
  for (std::size_t i = 0; i < size; ++i) {
    std::printf("%-22s%s\n", left[i].c_str(), right[i].c_str());
  }
  return equal;
}
