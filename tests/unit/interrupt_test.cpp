#include "common/net/interrupt.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>

namespace {

bool noted(int signal) {
  pollfd polled = {interrupt_descriptor().fd(), POLLIN, 0};
  const bool readable = poll(&polled, 1, 0) == 1;
  return interrupted_by() == signal && readable == (signal != 0);
}

// Whoever started the tests may have had these ignored.
void begin() {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    std::signal(signal, SIG_DFL);
  }
}

// In a process that dies, in place of EXPECT_TRUE.
void require(bool condition) {
  if (!condition) {
    std::_Exit(99);
  }
}

TEST(InterruptDeathTest, TheFirstSignalIsNotedAndTheSecondEndsTheProcess) {
  testing::GTEST_FLAG(death_test_style) = "threadsafe";  // a process for each
  for (const int first : {SIGINT, SIGTERM, SIGHUP}) {
    for (const int second : {SIGINT, SIGTERM, SIGHUP}) {
      EXPECT_EXIT(
          {
            begin();
            catch_interrupts();
            require(noted(0));
            struct sigaction action = {};
            sigaction(first, nullptr, &action);
            require((action.sa_flags & SA_RESTART) == 0);
            raise(first);
            require(noted(first));
            raise(second);
          },
          testing::KilledBySignal(second), "");
    }
  }
}

TEST(InterruptDeathTest, AnIgnoredSignalStaysIgnored) {
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  EXPECT_EXIT(
      {
        begin();
        std::signal(SIGINT, SIG_IGN);
        std::signal(SIGHUP, SIG_IGN);
        catch_interrupts();
        raise(SIGINT);
        raise(SIGHUP);
        require(noted(0));
        raise(SIGTERM);
        require(noted(SIGTERM));
        std::_Exit(0);
      },
      testing::ExitedWithCode(0), "");
}

}  // namespace
