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

// When to give up the next of `tries` tries, of which the last (tries == 1) may
// take all the time that is left. Any other may take an equal share, or up to
// two seconds if that leaves those after it a quarter of a second each: an
// equal share of a short time is too short for a host far away.
inline Deadline share_of(const Deadline& deadline, std::size_t tries) {
  using std::chrono::milliseconds;
  if (tries <= 1 || deadline == kNoDeadline) {
    return deadline;
  }
  const Deadline now = Clock::now();
  const auto others = static_cast<Clock::rep>(tries - 1);
  const Clock::duration left = deadline - now;
  const Clock::duration fair = left / (others + 1);
  const Clock::duration spare = left - others * milliseconds(250);
  return now +
         std::max(fair, std::min<Clock::duration>(milliseconds(2000), spare));
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
