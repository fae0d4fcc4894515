// Calls within calls, to count how many callbacks an event makes.
#pragma once

#include <cstddef>
#include <functional>
#include <utility>

// What waits three times, each time at the bottom of `depth` calls.
class Nested {
 public:
  explicit Nested(std::size_t depth) { descend(depth); }

  // The next event: what the loop does.
  void fire() { std::exchange(callback_, nullptr)(); }

  std::size_t called() const { return called_; }

 private:
  void descend(std::size_t depth) {
    if (depth > 1) {
      return descend(depth - 1);
    }
    wait();
  }

  void wait() {
    callback_ = [this] { happened(); };
  }

  void happened() {
    ++called_;
    wait();
  }

  std::function<void()> callback_;
  std::size_t called_ = 0;
};

// How many callbacks the second of three events calls, `depth` deep.
inline std::size_t resumed_by_an_event(std::size_t depth) {
  Nested nested(depth);
  nested.fire();
  const std::size_t before = nested.called();
  nested.fire();
  return nested.called() - before;
}
