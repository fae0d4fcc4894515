// The timeline shows a run as a drawing: a row for each fetch, and what it
// waited for from left to right.
#pragma once

#include <cstddef>
#include <string>

#include "common/view/history.h"

// Up to this many fetches are drawn unasked.
inline constexpr std::size_t kTimelineUnasked = 20;

// More rows than this are never drawn: the fetches after that are only counted.
inline constexpr std::size_t kTimelineRows = 100;

struct TimelineStyle {
  std::size_t columns = 80;  // fewer than 20 are taken for 20
  bool unicode = false;      // else it is ASCII
};

// The drawing, in lines that fit into the columns; "" of a run without fetches.
// A fetch is at least one character wide; of its stages, only those as wide as
// a character can be seen.
std::string timeline(const RunHistory& run, const TimelineStyle& style);
