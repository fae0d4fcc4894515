// A wait in the style of step 3: a generator, and a Task that drives it.
#pragma once

#include "event_loop.h"
#include "task.h"
#include "tests/steps/observe.h"

class Waiter {
 public:
  explicit Waiter(Request request)
      : task_(std::make_unique<Machine>(std::move(request))) {
    task_.step();
  }

 private:
  struct Machine : Generator {
    explicit Machine(Request r) : request(std::move(r)) {}
    Future* resume() override {
      std::string outcome = "ready";
      try {
        if (!std::exchange(waiting, true)) {
          return request.loop.readable(request.descriptor, request.deadline,
                                       wait);
        }
        wait->result();
      } catch (const FetchError& error) {
        outcome = error.what();
      }
      request.ended(outcome);
      return nullptr;
    }
    const Request request;
    bool waiting = false;
    std::optional<Wait> wait;
  };

  Task task_;
};
