#include "event_loop.h"

#include <utility>

#include "common/net/interrupt.h"

void EventLoop::wait(const Descriptor& descriptor, Interest interest,
                     Deadline deadline, Callback&& callback) {
  const auto index = static_cast<std::size_t>(descriptor.fd());
  if (index >= waiters_.size()) {
    waiters_.resize(index + 1);  // a deque's elements stay where they are
  }
  Waiter& waiter = waiters_[index];
  selector_.arm(descriptor, interest, deadline, &waiter);
  waiter.descriptor = &descriptor;
  waiter.callback.swap(callback);
}

EventLoop::EventLoop() {
  selector_.arm(interrupt_descriptor(), Interest::kReadable, kNoDeadline, this);
}

void EventLoop::run() {
  while (selector_.armed() > 1) {  // Ctrl-C alone is nothing to wait for
    const Selector::Event event = selector_.next();
    if (event.token == this) {  // Ctrl-C has come
      return;
    }
    Waiter& waiter = *static_cast<Waiter*>(event.token);
    const Phase phase = waiter.descriptor->phase();
    const Callback callback = std::move(waiter.callback);
    if (event.timed_out) {
      const FetchError timed_out(phase, "timed out");
      callback(&timed_out);
    } else {
      callback(nullptr);
    }
  }
}
