#include "event_loop.h"

#include "common/net/interrupt.h"

Wait::Wait(EventLoop& loop, const Descriptor& descriptor, Interest interest,
           const Deadline& deadline)
    : loop_(loop), descriptor_(descriptor) {
  loop_.selector_.arm(descriptor, interest, deadline, this);
}

Wait::~Wait() {
  if (!resolved()) {
    loop_.selector_.disarm(descriptor_);
  }
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
    Wait& wait = *static_cast<Wait*>(event.token);
    wait.resolve(event.timed_out ? std::make_exception_ptr(FetchError(
                                       wait.descriptor_.phase(), "timed out"))
                                 : nullptr);
  }
}
