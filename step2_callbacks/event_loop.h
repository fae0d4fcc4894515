// An event loop that calls back.
#pragma once

#include <deque>
#include <functional>

#include "common/net/selector.h"

// What to do when a wait has ended. `error` is null, or says that the deadline
// has passed; it lives until the callback returns.
using Callback = std::function<void(const FetchError* error)>;

// One thread, many waits. The loop calls a callback, which does what can be
// done now, says what to call next, and returns.
class EventLoop {
 public:
  EventLoop();

  // Both have run() call `callback` once. They throw FetchError when the kernel
  // refuses to wait. Cancel a wait before you close its descriptor.
  void when_readable(const Descriptor& descriptor, Deadline deadline,
                     Callback callback, Caller caller = Caller::here()) {
    descriptor.record(Operation::kWaitReadable, caller);
    wait(descriptor, Interest::kReadable, deadline, std::move(callback));
  }
  void when_writable(const Descriptor& descriptor, Deadline deadline,
                     Callback callback, Caller caller = Caller::here()) {
    descriptor.record(Operation::kWaitWritable, caller);
    wait(descriptor, Interest::kWritable, deadline, std::move(callback));
  }

  // Ends the wait for `descriptor`, if there is one, and doesn't call back.
  void cancel(const Descriptor& descriptor) { selector_.disarm(descriptor); }

  // Takes the next event and calls its callback, again and again, until nothing
  // waits or Ctrl-C has come. What a callback throws comes out here.
  void run();

 private:
  struct Waiter {
    const Descriptor* descriptor;
    Callback callback;
  };

  void wait(const Descriptor& descriptor, Interest interest, Deadline deadline,
            Callback&& callback);

  Selector selector_;
  std::deque<Waiter> waiters_;  // indexed by descriptor number
};
