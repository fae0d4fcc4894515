#include "common/interrupt.h"

#include <atomic>
#include <cerrno>
#include <csignal>

#include "common/wakeup.h"

namespace {

std::atomic<int> signal_that_came = 0;
static_assert(std::atomic<int>::is_always_lock_free);  // fit for a handler

const Wakeup& wakeup() {
  // Never destroyed: a signal may come while the process is ending.
  static const Wakeup* const only = new Wakeup(Wakeup::open());
  return *only;
}

void handle(int signal) {
  const int saved = errno;
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
  signal_that_came = signal;
  wakeup().wake();
  errno = saved;
}

}  // namespace

const Descriptor& interrupt_descriptor() {
  return wakeup();
}

int interrupted_by() {
  return signal_that_came;
}

void catch_interrupts() {
  wakeup();  // open before a signal can come
  for (const int signal : {SIGINT, SIGTERM}) {
    // A shell starts background jobs with SIGINT ignored; leave it so.
    if (std::signal(signal, SIG_IGN) != SIG_IGN) {
      struct sigaction action = {};
      action.sa_handler = handle;  // no SA_RESTART: a blocked write gives up
      sigaction(signal, &action, nullptr);
    }
  }
}
