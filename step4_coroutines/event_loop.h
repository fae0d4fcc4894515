// An event loop that resumes coroutines.
//
// New since step 3: a Wait is awaited, so it lives in the frame of the
// coroutine that waits.
#pragma once

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
       const Deadline& deadline);
  ~Wait();

 private:
  friend class EventLoop;

  EventLoop& loop_;
  const Descriptor& descriptor_;
};

// One thread, many waits. A coroutine that is resumed runs to its next wait.
class EventLoop {
 public:
  EventLoop();

  // For `co_await loop.readable(...)`: the Wait that it returns lives in the
  // frame of the coroutine until it is resolved. Both throw FetchError when the
  // kernel refuses to wait.
  Wait readable(const Descriptor& descriptor, const Deadline& deadline,
                Caller caller = Caller::here()) {
    descriptor.record(Operation::kWaitReadable, caller);
    return Wait(*this, descriptor, Interest::kReadable, deadline);
  }
  Wait writable(const Descriptor& descriptor, const Deadline& deadline,
                Caller caller = Caller::here()) {
    descriptor.record(Operation::kWaitWritable, caller);
    return Wait(*this, descriptor, Interest::kWritable, deadline);
  }

  // Takes the next event and resumes its coroutine, again and again, until
  // nothing waits or Ctrl-C has come. What a root throws comes out here.
  void run();

 private:
  friend class Wait;

  Selector selector_;
};
