// An event loop that resumes coroutines.
//
// New since step 3: a Wait is awaited, so it lives in the frame of the
// coroutine that waits.
#pragma once

#include "common/net/selector.h"
#include "future.h"

class EventLoop;

// A Future that the loop resolves when a descriptor is ready, and fails with a
// FetchError when the deadline has passed. Armed when made, disarmed when
// destroyed. It must not outlive the descriptor: the selector would keep a
// number that is closed, and run() would ask a dead descriptor for its phase.
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

// One thread, many waits. A coroutine that it resumes runs to its next wait.
class EventLoop {
 public:
  EventLoop();

  // Both make the Wait where it is awaited, unmoved, and throw FetchError when
  // the kernel refuses to wait.
  Wait readable(const Descriptor& descriptor, Deadline deadline,
                Caller caller = Caller::here()) {
    descriptor.record(Operation::kWaitReadable, caller);
    return Wait(*this, descriptor, Interest::kReadable, deadline);
  }
  Wait writable(const Descriptor& descriptor, Deadline deadline,
                Caller caller = Caller::here()) {
    descriptor.record(Operation::kWaitWritable, caller);
    return Wait(*this, descriptor, Interest::kWritable, deadline);
  }

  // Takes the next event and resumes its waiter, until nothing waits or Ctrl-C
  // has come. What a coroutine throws that nobody awaits comes out here.
  void run();

 private:
  friend class Wait;

  Selector selector_;
};
