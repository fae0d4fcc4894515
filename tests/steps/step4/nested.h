// Coroutines within coroutines, to count how many of them an event resumes.
#pragma once

#include <array>

#include "future.h"
#include "task.h"
#include "tests/steps/observe.h"

// Like Nested of step 3. What follows each co_await counts a resumption.
inline Task<> nested(std::size_t depth, std::array<Future, 3>& futures,
                     Stack& stack, std::size_t& resumed) {
  if (depth > 1) {
    co_await nested(depth - 1, futures, stack, resumed);
    ++resumed;
  } else {
    for (Future& future : futures) {
      co_await future;
      stack.note();
      ++resumed;
    }
  }
}

// How many coroutines the second of three events resumes, `depth` deep.
inline std::size_t resumed_by_an_event(std::size_t depth) {
  std::array<Future, 3> futures;
  Stack stack;
  std::size_t resumed = 0;
  Task<> root = nested(depth, futures, stack, resumed);
  root.start();
  futures[0].resolve();
  resumed = 0;
  futures[1].resolve();
  return resumed;
}
