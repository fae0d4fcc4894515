// An event loop that resolves futures.
//
// New since step 2: it knows no callbacks. It returns a Future for what is
// waited for, and resolves it.
#pragma once

#include <optional>

#include "common/net/selector.h"
#include "future.h"

class EventLoop;

// A Future that the loop resolves when a descriptor is ready, or fails with a
// FetchError when the deadline has passed. It is armed when it is made, and
// disarmed when it is destroyed. It must be destroyed before the descriptor is:
// a closed one has no number by which the selector could find the Wait.
class Wait : public Future {
 public:
  Wait(EventLoop& loop, const Descriptor& descriptor, Interest interest,
       Deadline deadline);
  ~Wait();

 private:
  friend class EventLoop;

  EventLoop& loop_;
  const Descriptor& descriptor_;
};

// One thread, many waits. The loop resolves Futures and resumes nobody itself.
class EventLoop {
 public:
  EventLoop();

  // Both make a Wait in `wait`, which is a member of whoever waits, and return
  // its address. They throw FetchError when the kernel refuses to wait.
  Future* readable(const Descriptor& descriptor, Deadline deadline,
                   std::optional<Wait>& wait, Caller caller = Caller::here()) {
    descriptor.record(Operation::kWaitReadable, caller);
    return &wait.emplace(*this, descriptor, Interest::kReadable, deadline);
  }
  Future* writable(const Descriptor& descriptor, Deadline deadline,
                   std::optional<Wait>& wait, Caller caller = Caller::here()) {
    descriptor.record(Operation::kWaitWritable, caller);
    return &wait.emplace(*this, descriptor, Interest::kWritable, deadline);
  }

  // Takes the next event and resolves its Wait, again and again, until nothing
  // waits or Ctrl-C has come. What the generator of a Task throws comes out
  // here.
  void run();

 private:
  friend class Wait;

  Selector selector_;
};
