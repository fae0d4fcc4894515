// What the tests of the steps' classes share.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "common/net/selector.h"

using Log = std::vector<std::string>;

// A local variable that logs its end.
struct Local {
  ~Local() { log.push_back("~" + name); }
  Log& log;
  const std::string name;
};

// How deep the stack, which grows downwards, is where note() is called.
struct Stack {
  // Throws before a stack that grows from call to call overflows.
  void note() {
    const auto here =
        reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
    ++notes;
    lowest = std::min(lowest, here);
    highest = std::max(highest, here);
    if (highest - lowest > 100'000) throw std::logic_error("the stack grows");
  }
  std::size_t notes = 0;
  std::uintptr_t lowest = UINTPTR_MAX;
  std::uintptr_t highest = 0;
};

inline const std::exception_ptr kError =
    std::make_exception_ptr(std::runtime_error("failed"));

// What `call` throws, or "".
inline std::string error_of(const std::function<void()>& call) {
  try {
    call();
    return "";
  } catch (const std::runtime_error& error) {
    return error.what();
  }
}

// What the Waiter of each step's adapter.h is made from. It waits for
// `descriptor` to become readable and then calls `ended` with "ready", or with
// what went wrong. Destroyed earlier, it waits no more.
struct Request {
  class EventLoop& loop;
  const Descriptor& descriptor;
  Deadline deadline;
  std::function<void(const std::string& outcome)> ended;
};
