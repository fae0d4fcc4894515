// Machines within machines, to count how many of them an event resumes.
#pragma once

#include <array>
#include <memory>

#include "task.h"

// Delegates to a machine one less deep; the innermost waits for each of three.
struct Nested : Generator {
  Nested(std::size_t depth, std::array<Future, 3>& all, std::size_t& count)
      : futures(all), resumes(count) {
    if (depth > 1) inner = std::make_unique<Nested>(depth - 1, all, count);
  }
  Future* resume() override {
    ++resumes;
    if (inner != nullptr) return inner->resume();
    return next < futures.size() ? &futures[next++] : nullptr;
  }
  std::array<Future, 3>& futures;
  std::size_t& resumes;
  std::unique_ptr<Nested> inner;
  std::size_t next = 0;
};

// How many machines the second of three events resumes, `depth` deep.
inline std::size_t resumed_by_an_event(std::size_t depth) {
  std::array<Future, 3> futures;
  std::size_t resumes = 0;
  Task task(std::make_unique<Nested>(depth, futures, resumes));
  task.step();
  futures[0].resolve();
  resumes = 0;
  futures[1].resolve();
  return resumes;
}
