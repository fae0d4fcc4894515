// A wait in the style of step 4: a coroutine.
#pragma once

#include "event_loop.h"
#include "task.h"
#include "tests/steps/observe.h"

class Waiter {
 public:
  explicit Waiter(Request request) : task_(wait(std::move(request))) {
    task_.start();
  }

 private:
  static Task<> wait(Request request) {
    std::string outcome = "ready";
    try {
      co_await request.loop.readable(request.descriptor, request.deadline);
    } catch (const FetchError& error) {
      outcome = error.what();
    }
    request.ended(outcome);
  }

  Task<> task_;
};
