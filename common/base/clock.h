// The one clock of this project, and deadlines on it.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

using Clock = std::chrono::steady_clock;

// A Deadline is a moment, not a span: handed down from call to call it stays
// the same however often a wait is begun again.
using Deadline = Clock::time_point;

inline constexpr Deadline kNoDeadline = Deadline::max();

// The deadline that gives the next of `tries` tries an equal share of the time
// left. The last try (tries == 1) gets all of it.
inline Deadline share_of(const Deadline& deadline, std::size_t tries) {
  if (tries <= 1 || deadline == kNoDeadline) {
    return deadline;
  }
  const Deadline now = Clock::now();
  return now + (deadline - now) / static_cast<Clock::rep>(tries);
}

// The time left in milliseconds, as poll(2) and epoll_wait(2) take it: rounded
// up, so that nobody wakes before the deadline and spins; -1 means no deadline.
inline int milliseconds_until(Deadline deadline) {
  using std::chrono::milliseconds;
  if (deadline == kNoDeadline) {
    return -1;
  }
  constexpr milliseconds kLongest = std::chrono::hours(24);
  const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
  return static_cast<int>(
      std::clamp(left, milliseconds::zero(), kLongest).count());
}
