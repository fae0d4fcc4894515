// The event loops of steps 2, 3 and 4, which keep the same rules. Compiled for
// each step, with the step's own way to wait: the Waiter of its adapter.h.
#include <gtest/gtest.h>
#include <unistd.h>

#include <deque>
#include <map>

#include "adapter.h"
#include "common/net/wakeup.h"

namespace {

using namespace std::chrono_literals;

class EventLoopTest : public testing::Test {
 protected:
  Wakeup& open(bool ready) {
    Wakeup& wakeup = wakeups_.emplace_back(Wakeup::open());
    if (ready) wakeup.wake();
    return wakeup;
  }

  // Someone called `name` waits. When that has ended, it is logged, and `then`
  // is called.
  void wait(
      const std::string& name, const Descriptor& descriptor,
      Deadline deadline = kNoDeadline,
      const std::function<void()>& then = [] {}) {
    const auto ended = [this, name, then](const std::string& outcome) {
      ended_.push_back(name + ": " + outcome);
      then();
    };
    waiters_.try_emplace(name, Request{loop_, descriptor, deadline, ended});
  }

  std::deque<Wakeup> wakeups_;
  std::deque<Descriptor> others_;
  EventLoop loop_;
  std::map<std::string, Waiter> waiters_;
  Log ended_;
};

TEST_F(EventLoopTest, WakesInTheOrderInWhichDescriptorsBecomeReady) {
  constexpr std::size_t kWaits = 100;
  constexpr std::size_t kStride = 37;  // has no divisor in common with it
  Log expected;
  for (std::size_t i = 0; i < kWaits; ++i) {
    expected.push_back(std::to_string(i * kStride % kWaits) + ": ready");
    wait(std::to_string(i), open(i == 0), kNoDeadline, [this, i] {
      const std::size_t next = (i + kStride) % kWaits;
      if (next != 0) wakeups_[next].wake();
    });
  }
  loop_.run();
  EXPECT_EQ(ended_, expected);
}

// Each is armed later, and due earlier, than the one before.
TEST_F(EventLoopTest, AWaitFailsWhenItsDeadlineHasPassedAndNotBefore) {
  const Wakeup& silent = open(false);
  Log expected;
  Deadline deadline = Clock::now() + 20ms;
  const auto wait_in = [&](Phase phase) {
    deadline -= 4ms;
    const std::string name = phase_name(phase);
    wait(name, others_.emplace_back(dup(silent.fd()), phase), deadline,
         [deadline] { EXPECT_GE(Clock::now(), deadline); });
    expected.insert(expected.begin(), name + ": " + name + ": timed out");
  };
  wait_in(Phase::kLookup);
  wait_in(Phase::kConnect);
  wait("woken", open(true), deadline + 1h, [&] {
    wait_in(Phase::kSend);
    wait_in(Phase::kReceive);
  });
  loop_.run();
  expected.insert(expected.begin(), "woken: ready");
  EXPECT_EQ(ended_, expected);
}

// Which of the two is woken is the kernel's choice.
TEST_F(EventLoopTest, AWokenWaiterMayCloseWhatAnotherIsAboutToBeWokenFor) {
  for (std::size_t i = 0; i < 2; ++i) {
    wait(std::to_string(i), open(true), kNoDeadline, [this, other = 1 - i] {
      const int number = wakeups_[other].fd();
      waiters_.erase(std::to_string(other));
      wakeups_[other].close();
      const Wakeup& heir = open(false);
      EXPECT_EQ(heir.fd(), number) << "so nothing was tested";
      wait("heir", heir, Clock::now() + 2ms);
    });
  }
  loop_.run();
  ASSERT_EQ(ended_.size(), 2U);
  EXPECT_TRUE(ended_[0] == "0: ready" || ended_[0] == "1: ready") << ended_[0];
  EXPECT_EQ(ended_[1], "heir: wait: timed out");
}

TEST_F(EventLoopTest, AWaitThatTheKernelRefusesFailsAlone) {
#ifdef USE_POLL
  GTEST_SKIP() << "poll(2) refuses nothing";
#endif
  std::FILE* const stream = std::tmpfile();
  ASSERT_NE(stream, nullptr);
  const Descriptor& file =
      others_.emplace_back(dup(fileno(stream)), Phase::kSend);
  std::fclose(stream);
  const Wakeup& last = open(false);
  wait("other", open(true), kNoDeadline, [&] {
    wait("inside", file);
    last.wake();
  });
  wait("last", last);
  wait("outside", file);
  loop_.run();
  const std::string refused = ": send: operation not permitted";
  EXPECT_EQ(ended_, Log({"outside" + refused, "other: ready",
                         "inside" + refused, "last: ready"}));
}

TEST_F(EventLoopTest, RunsUntilNothingWaits) {
  loop_.run();
  wait("given up", open(false));
  wait("given up too", open(true));
  waiters_.clear();
  loop_.run();
  wait("new", open(true));
  loop_.run();
  loop_.run();
  EXPECT_EQ(ended_, Log({"new: ready"}));
}

TEST_F(EventLoopTest, WhatAWaiterThrowsComesOutOfRunAndTheRestCanBeRun) {
  for (const char* const name : {"a", "b", "c"}) {
    wait(name, open(true), kNoDeadline, [this] {
      if (ended_.size() < 3) throw std::runtime_error("from " + ended_.back());
    });
  }
  for (std::size_t woken = 1; woken < 3; ++woken) {
    const std::string error = error_of([this] { loop_.run(); });
    ASSERT_EQ(ended_.size(), woken);
    EXPECT_EQ(error, "from " + ended_.back());
  }
  loop_.run();
  std::sort(ended_.begin(), ended_.end());
  EXPECT_EQ(ended_, Log({"a: ready", "b: ready", "c: ready"}));
}

}  // namespace
