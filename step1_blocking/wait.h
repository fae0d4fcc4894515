// How step 1 waits: the thread sleeps until the descriptor is ready.
#pragma once

#include <poll.h>

#include <cerrno>

#include "common/base/clock.h"
#include "common/net/descriptor.h"
#include "common/net/interrupt.h"

// Returns once `descriptor` is ready for `events`. Throws FetchError when the
// deadline has passed, and Interrupted when Ctrl-C has come.
inline void wait_until(const Descriptor& descriptor, short events,
                       Deadline deadline, Caller caller) {
  const TracedSleep traced(descriptor, events, caller);
  pollfd polled[] = {{descriptor.fd(), events, 0},
                     {interrupt_descriptor().fd(), POLLIN, 0}};
  int found = 0;
  do {
    // After a signal (-1) it looks once more before it gives up.
    if (found != -1 && Clock::now() >= deadline) {
      throw FetchError(descriptor.phase(), "timed out");
    }
    found = poll(polled, 2, milliseconds_until(deadline));
    if (found == -1 && errno != EINTR) {
      throw FetchError(descriptor.phase(), errno);
    }
    if (polled[1].revents != 0) {
      throw Interrupted();
    }
  } while (polled[0].revents == 0);
}

inline void wait_readable(const Descriptor& descriptor, Deadline deadline,
                          Caller caller = Caller::here()) {
  wait_until(descriptor, POLLIN, deadline, caller);
}

inline void wait_writable(const Descriptor& descriptor, Deadline deadline,
                          Caller caller = Caller::here()) {
  wait_until(descriptor, POLLOUT, deadline, caller);
}
