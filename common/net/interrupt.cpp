#include "common/net/interrupt.h"

#include <atomic>
#include <cerrno>
#include <csignal>

#include "common/net/wakeup.h"

namespace {

constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP};

std::atomic<int> signal_that_came = 0;
static_assert(std::atomic<int>::is_always_lock_free);  // fit for a handler

const Wakeup& wakeup() {
  // Never destroyed: a signal may come while the process is ending.
  static const Wakeup* const only = new Wakeup(Wakeup::open());
  return *only;
}

bool is_ignored(int signal) {
  struct sigaction action = {};
  sigaction(signal, nullptr, &action);
  return action.sa_handler == SIG_IGN;
}

void handle(int signal) {
  const int saved = errno;
  for (const int each : kSignals) {
    if (!is_ignored(each)) {
      std::signal(each, SIG_DFL);
    }
  }
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
  for (const int signal : kSignals) {
    if (!is_ignored(signal)) {
      struct sigaction action = {};
      action.sa_handler = handle;  // no SA_RESTART: a blocked write gives up
      sigaction(signal, &action, nullptr);
    }
  }
}
