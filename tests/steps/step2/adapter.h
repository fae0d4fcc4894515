// A wait in the style of step 2: a callback.
#pragma once

#include "event_loop.h"
#include "tests/steps/observe.h"

class Waiter {
 public:
  explicit Waiter(Request request) : request_(std::move(request)) {
    const auto woken = [this](const FetchError* error) {
      request_.ended(error == nullptr ? "ready" : error->what());
    };
    try {
      request_.loop.when_readable(request_.descriptor, request_.deadline,
                                  woken);
    } catch (const FetchError& error) {
      woken(&error);
    }
  }
  ~Waiter() { request_.loop.cancel(request_.descriptor); }

 private:
  const Request request_;
};
