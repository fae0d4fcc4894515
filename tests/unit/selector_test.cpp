#include "common/net/selector.h"

#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <set>

#include "common/net/selector_epoll.h"
#include "common/net/selector_poll.h"
#include "common/net/wakeup.h"
#include "tests/support/process.h"

namespace {

using namespace std::chrono_literals;

// How often this thread has asked the kernel, counted by the two functions
// below, which the linker prefers to those of the C library.
thread_local int sleeps = 0;

}  // namespace

extern "C" int epoll_wait(int fd, epoll_event* events, int size, int limit) {
  ++sleeps;
  return epoll_pwait(fd, events, size, limit, nullptr);
}

extern "C" int poll(pollfd* polled, nfds_t count, int limit) {
  ++sleeps;
  const timespec time = {limit / 1000, limit % 1000 * 1'000'000L};
  return ppoll(polled, count, limit == -1 ? nullptr : &time, nullptr);
}

namespace {

// Takes back what wake() did.
void drain(const Wakeup& wakeup) {
  std::uint64_t count = 0;
  ASSERT_GT(read(wakeup.fd(), &count, sizeof count), 0);
}

template <typename AnySelector>
class SelectorTest : public testing::Test {
 protected:
  // A token is the address of what is waited for.
  void arm(Descriptor& awaited, Deadline deadline = kNoDeadline,
           Interest interest = Interest::kReadable) {
    selector_.arm(awaited, interest, deadline, &awaited);
  }

  void expect_ready(const Descriptor& awaited) { expect_next(awaited, false); }
  void expect_timed_out(const Descriptor& awaited) {
    expect_next(awaited, true);
  }

  // None of what is armed is ready. The deadline has not passed when the sleep
  // begins, so the kernel is asked about the others at least once.
  void expect_none_ready() {
    Wakeup last = Wakeup::open();
    arm(last, Clock::now() + 2ms);
    expect_timed_out(last);
  }

  // Arms both, which are ready together. Returns the one whose wait has not
  // ended while the other's has.
  Wakeup& begin_batch(std::array<Wakeup, 2>& both) {
    for (Wakeup& each : both) {
      each = Wakeup::open();
      each.wake();
      arm(each);
    }
    return selector_.next().token == &both[0] ? both[1] : both[0];
  }

  AnySelector selector_;

 private:
  void expect_next(const Descriptor& awaited, bool timed_out) {
    const SelectorBase::Event event = selector_.next();
    EXPECT_EQ(event.token, &awaited);
    EXPECT_EQ(event.timed_out, timed_out);
  }
};

using Selectors = testing::Types<EpollSelector, PollSelector>;
TYPED_TEST_SUITE(SelectorTest, Selectors, );

TYPED_TEST(SelectorTest, WakesOnceForEachTimeItIsArmed) {
  Wakeup wakeup = Wakeup::open();
  wakeup.wake();
  this->arm(wakeup);
  EXPECT_EQ(this->selector_.armed(), 1u);
  this->expect_ready(wakeup);
  EXPECT_EQ(this->selector_.armed(), 0u);
  this->expect_none_ready();
  this->arm(wakeup);
  this->expect_ready(wakeup);
}

TYPED_TEST(SelectorTest, TellsReadableFromWritable) {
  std::array<int, 2> ends{};
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
  Descriptor near(ends[0], Phase::kSend);
  const Descriptor far(ends[1], Phase::kReceive);
  this->arm(near);
  this->expect_none_ready();
  this->selector_.disarm(near);
  this->arm(near, kNoDeadline, Interest::kWritable);
  this->expect_ready(near);
  this->arm(near);
  this->expect_none_ready();
  ASSERT_EQ(write(far.fd(), "x", 1), 1);
  this->expect_ready(near);
}

TYPED_TEST(SelectorTest, AHangUpOrAnErrorWakesWhateverIsWaitedFor) {
  for (const Interest interest : {Interest::kReadable, Interest::kWritable}) {
    Pipe pipe;
    this->arm(pipe.read_end, kNoDeadline, interest);
    this->expect_none_ready();
    pipe.write_end.close();
    this->expect_ready(pipe.read_end);
  }
  Pipe pipe;
  this->arm(pipe.write_end);
  this->expect_none_ready();
  pipe.read_end.close();
  this->expect_ready(pipe.write_end);
}

const Wakeup* woken_by_signal;
volatile std::sig_atomic_t signals;

TYPED_TEST(SelectorTest, ASignalIsNoEvent) {
  Wakeup wakeup = Wakeup::open();
  woken_by_signal = &wakeup;
  signals = 0;
  struct sigaction action = {};
  struct sigaction before = {};
  action.sa_handler = [](int) {
    signals = signals + 1;
    if (signals == 5) {  // only now is there a real event
      woken_by_signal->wake();
    }
  };
  ASSERT_EQ(sigaction(SIGALRM, &action, &before), 0);
  sleeps = 0;
  ualarm(2000, 2000);
  this->arm(wakeup);
  this->expect_ready(wakeup);
  ualarm(0, 0);
  sigaction(SIGALRM, &before, nullptr);
  EXPECT_GT(sleeps, 1) << "no signal came while it slept";
}

TYPED_TEST(SelectorTest, DeadlinesPassInTheirOrder) {
  const Deadline start = Clock::now();
  const Deadline soon = start + 4ms;
  const std::array<Deadline, 5> deadlines = {soon + 4ms, start + 24h * 365,
                                             start - 1h, soon, soon};
  std::array<Wakeup, 5> waits;
  for (std::size_t i = 0; i < waits.size(); ++i) {
    waits[i] = Wakeup::open();
    this->arm(waits[i], deadlines[i]);
  }
  waits[2].wake();  // ready, but begun after its deadline, is a time-out
  this->expect_timed_out(waits[2]);
  std::set<void*> sharing = {&waits[3], &waits[4]};
  EXPECT_EQ(sharing.erase(this->selector_.next().token), 1u);
  EXPECT_EQ(sharing.erase(this->selector_.next().token), 1u);
  EXPECT_GE(Clock::now(), soon);
  this->expect_timed_out(waits[0]);
  EXPECT_GE(Clock::now(), soon + 4ms);
  waits[1].wake();
  this->expect_ready(waits[1]);
  EXPECT_EQ(this->selector_.armed(), 0u);
}

TYPED_TEST(SelectorTest, AWaitHasNoDeadlineButItsOwn) {
  Wakeup wakeup = Wakeup::open();
  Wakeup other = Wakeup::open();
  wakeup.wake();
  this->arm(wakeup, Clock::now() + 1h);
  this->expect_ready(wakeup);
  drain(wakeup);
  const Deadline soon = Clock::now() + 2ms;
  this->arm(wakeup, soon);  // earlier than that of the wait before
  this->expect_timed_out(wakeup);
  this->arm(wakeup, soon + 4ms);
  this->selector_.disarm(wakeup);
  this->arm(wakeup, soon + 1h);  // later
  this->arm(other, soon + 6ms);
  this->expect_timed_out(other);
}

TYPED_TEST(SelectorTest, SleepsUntilADeadlineWithoutSpinning) {
  Wakeup wakeup = Wakeup::open();
  sleeps = 0;
  for (int i = 0; i < 10; ++i) {
    // Not a whole number of milliseconds, which is what the kernel counts.
    this->arm(wakeup, Clock::now() + 3500us);
    this->expect_timed_out(wakeup);
  }
  EXPECT_LE(sleeps, 20);
}

TYPED_TEST(SelectorTest, ReadyWithNobodyWaitingDoesNotSpin) {
  std::array<Wakeup, 2> both;
  Wakeup& disarmed = this->begin_batch(both);
  this->selector_.disarm(disarmed);
  sleeps = 0;
  this->expect_none_ready();
  EXPECT_LE(sleeps, 4);
  for (Wakeup& wakeup : both) {
    this->arm(wakeup);
    this->expect_ready(wakeup);
  }
}

// What the kernel said before counts for nothing.
TYPED_TEST(SelectorTest, DisarmedOrArmedAnewInsideABatchItIsAskedAnew) {
  std::array<Wakeup, 2> both;
  Wakeup& second = this->begin_batch(both);
  this->selector_.disarm(second);
  this->selector_.disarm(second);  // which is no error
  EXPECT_EQ(this->selector_.armed(), 0u);
  drain(second);
  this->arm(second);
  this->expect_none_ready();
  second.wake();
  this->expect_ready(second);
}

TYPED_TEST(SelectorTest, AReusedNumberNeverWakesItsNewOwner) {
  std::array<Wakeup, 2> both;
  Wakeup& second = this->begin_batch(both);
  const int number = second.fd();
  this->selector_.disarm(second);
  second.close();
  Wakeup new_owner = Wakeup::open();
  ASSERT_EQ(new_owner.fd(), number);
  this->arm(new_owner);
  this->selector_.disarm(second);  // nor does the old one's end touch it
  this->expect_none_ready();
  new_owner.wake();
  this->expect_ready(new_owner);
}

// There are more than one batch of them.
TYPED_TEST(SelectorTest, AlwaysReadyDescriptorsStarveNobody) {
  std::vector<Wakeup> always(600);
  for (Wakeup& each : always) {
    each = Wakeup::open();
    each.wake();
    this->arm(each);
  }
  Wakeup overdue = Wakeup::open();
  this->arm(overdue, Clock::now());
  std::set<void*> ended;
  for (std::size_t i = 0; i < 3 * always.size(); ++i) {
    void* const token = this->selector_.next().token;
    ended.insert(token);
    if (token != &overdue) {
      this->arm(*static_cast<Wakeup*>(token));
    }
  }
  EXPECT_EQ(ended.size(), always.size() + 1);
}

TYPED_TEST(SelectorTest, WaitsForThousands) {
  const bool poll = std::is_same_v<TypeParam, PollSelector>;
  const std::size_t count = poll ? 1'000 : 10'000;
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_max < Wakeup::kFiles * count + 100) {
    GTEST_SKIP() << "too few open files are allowed";
  }
  std::vector<Wakeup> waits(count);
  std::set<void*> woken;
  for (std::size_t i = 0; i < count; ++i) {
    waits[i] = Wakeup::open();
    this->arm(waits[i], Clock::now() + 1h);
    if (i % 3 == 0) {
      waits[i].wake();
      woken.insert(&waits[i]);
    }
  }
  const std::size_t others = count - woken.size();
  while (!woken.empty()) {
    ASSERT_EQ(woken.erase(this->selector_.next().token), 1u);
  }
  this->expect_none_ready();
  EXPECT_EQ(this->selector_.armed(), others);
}

TEST(EpollSelector, WhatTheKernelRefusesIsNotArmed) {
  EpollSelector selector;
  std::FILE* const file = std::tmpfile();
  ASSERT_NE(file, nullptr);
  const Descriptor regular_file(dup(fileno(file)), Phase::kSend);
  std::fclose(file);
  for (int i = 0; i < 2; ++i) {
    try {
      selector.arm(regular_file, Interest::kReadable, Clock::now(), &selector);
      FAIL() << "armed";
    } catch (const FetchError& error) {
      EXPECT_STREQ(error.what(), "send: operation not permitted");
    }
    EXPECT_EQ(selector.armed(), 0u);
  }
}

TEST(Deadline, InMillisecondsIsRoundedUp) {
  for (int i = 1; i < 1000; ++i) {
    const Deadline deadline = Clock::now() + 10s + i * 1us;
    const std::chrono::milliseconds left(milliseconds_until(deadline));
    EXPECT_LE(deadline - Clock::now(), left);
    EXPECT_LE(left, 10001ms);
  }
  EXPECT_EQ(milliseconds_until(Clock::now()), 0);
  EXPECT_EQ(milliseconds_until(Clock::now() - 1h), 0);
  EXPECT_EQ(milliseconds_until(kNoDeadline), -1);
  EXPECT_EQ(milliseconds_until(kNoDeadline - 1ns), 24 * 60 * 60 * 1000);
}

TEST(Deadline, IsSharedOutAmongTheTriesLeft) {
  const Deadline start = Clock::now();
  const Deadline deadline = start + 40s;
  const Deadline share = share_of(deadline, 4);
  EXPECT_GE(share, start + 10s);
  EXPECT_LE(share, Clock::now() + 10s);
  EXPECT_EQ(share_of(deadline, 1), deadline);
  EXPECT_EQ(share_of(deadline, 0), deadline);
  EXPECT_EQ(share_of(kNoDeadline, 4), kNoDeadline);
  EXPECT_LE(share_of(start - 1s, 4), Clock::now());
}

}  // namespace
