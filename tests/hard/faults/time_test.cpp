// Deadlines, on a clock that stands still while anybody works: a fetch ends
// with its deadline, not before and less than a millisecond after it.
// Compiled once and linked with each step.
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <list>
#include <set>

#include "common/http/jobs.h"
#include "common/net/interrupt.h"
#include "tests/support/simulated_network.h"

namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

// A server that is connected to at once, and then sends "HTTP/1.0 200 OK",
// two ends of line and a byte of body every `interval`; or nothing, if that is
// kNever. A fetch that has sent its request waits for it `first` long.
class Timed : public Peer {
 public:
  explicit Timed(Clock::duration first, Clock::duration interval = kNever,
                 Clock::duration connecting = {})
      : first_(first), interval_(interval), connecting_(connecting) {}

  Answer connect() override { return {EINPROGRESS, 0, connecting_}; }
  int connect_result() override { return 0; }
  Answer send(std::string_view data) override {
    return {0, data.size(), first_};
  }
  Answer recv(char* data, std::size_t size) override {
    const std::string_view head = "HTTP/1.0 200 OK\r\n\r\n";
    const std::string_view next = begun_ ? "x" : head;
    begun_ = true;
    return {0, next.copy(data, size), interval_};
  }

 private:
  const Clock::duration first_;
  const Clock::duration interval_;
  const Clock::duration connecting_;
  bool begun_ = false;
};

// The whole response at once, `after` that long.
class Prompt : public Peer {
 public:
  explicit Prompt(Clock::duration after) : after_(after) {}

  Answer connect() override { return {EINPROGRESS, 0, {}}; }
  int connect_result() override { return 0; }
  Answer send(std::string_view data) override {
    return {0, data.size(), after_};
  }
  Answer recv(char* data, std::size_t size) override {
    return {0, std::string_view("HTTP/1.0 204 -\n\n").copy(data, size), {}};
  }

 private:
  const Clock::duration after_;
};

struct Ending {
  std::string error;
  Clock::duration took;
  std::uint64_t turn;  // of the loop: how often the thread had slept
};

class Time : public testing::Test {
 protected:
  Time() { interrupt_descriptor(); }

  template <typename Kind, typename... Arguments>
  void add(Arguments... arguments) {
    peers_.push_back(std::make_unique<Kind>(arguments...));
  }

  // Fetches one URL from each peer, all together where the step can.
  std::vector<Ending> fetch(Clock::duration timeout) {
    simulated_network::begin(
        [this](std::uint32_t fetch) -> Peer& { return *peers_[fetch - 1]; });
    simulated_network::interrupt_sleeps(interrupted_);
    const std::vector<Url> urls(peers_.size(), Url("http://10.0.0.1/"));
    Jobs::Settings settings;
    settings.timeout = timeout;
    std::vector<Ending> endings;
    Jobs jobs(urls, settings, [&endings, this](const Job& job) {
      endings.push_back({job.error(), Clock::now() - job.started,
                         simulated_network::sleeps()});
      if (endings.size() == 1) {
        simulated_network::pass(held_up_);
      }
    });
    fetch_all(jobs, urls.size());
    EXPECT_EQ(jobs.ended(), jobs.total());
    EXPECT_EQ(simulated_network::open_descriptors(), 0U);
    overlaps_ = jobs.peak_in_flight() > 1;
    return endings;
  }

  static void expect_timeout(const Ending& ending, Clock::duration timeout,
                             const std::string& phase) {
    EXPECT_EQ(ending.error, phase + ": timed out");
    EXPECT_GE(ending.took, timeout);
    EXPECT_LT(ending.took, timeout + milliseconds(1));
  }

  std::vector<std::unique_ptr<Peer>> peers_;
  unsigned interrupted_ = 0;      // every so manyth sleep is
  Clock::duration held_up_ = {};  // while the first one is reported
  bool overlaps_ = false;
};

// As many as --timeout takes: 30 years are the most.
const nanoseconds kTimeouts[] = {nanoseconds(1),
                                 nanoseconds(999'999),
                                 milliseconds(1),
                                 nanoseconds(1'000'001),
                                 nanoseconds(50'000'001),
                                 milliseconds(1500),
                                 hours(24),
                                 hours(24) + nanoseconds(1),
                                 std::chrono::seconds(1'000'000'000)};

TEST_F(Time, OfAFetchEndsWithItsDeadlineHoweverShortOrLong) {
  for (const nanoseconds timeout : kTimeouts) {
    for (const unsigned interrupted : {0U, 2U}) {
      SCOPED_TRACE(timeout.count());
      interrupted_ = interrupted;
      peers_.clear();
      add<Timed>(kNever);
      expect_timeout(fetch(timeout).at(0), timeout, "receive");
      peers_.clear();
      add<Timed>(kNever, kNever, kNever);
      expect_timeout(fetch(timeout).at(0), timeout, "connect");
    }
  }
}

TEST_F(Time, OfALongWaitIsSlept) {
  add<Timed>(kNever);
  fetch(std::chrono::seconds(1'000'000'000));
  EXPECT_LT(simulated_network::sleeps(), 11'580U);  // days
}

TEST_F(Time, IsNotExtendedByBytesThatKeepComing) {
  for (const Clock::duration interval :
       {Clock::duration(milliseconds(1)), Clock::duration(nanoseconds(700'000)),
        Clock::duration(milliseconds(30))}) {
    peers_.clear();
    add<Timed>(interval, interval);
    expect_timeout(fetch(milliseconds(90)).at(0), milliseconds(90), "receive");
  }
}

TEST_F(Time, IsUpWhenTheAnswerComesAfterTheDeadline) {
  for (const int after : {49, 50}) {
    peers_.clear();
    add<Prompt>(milliseconds(after));
    EXPECT_EQ(fetch(milliseconds(50)).at(0).error, "") << after;
  }
  peers_.clear();
  add<Prompt>(milliseconds(51));
  expect_timeout(fetch(milliseconds(50)).at(0), milliseconds(50), "receive");
}

// As by a reader of the results who pauses, a slow disk, or SIGSTOP.
TEST_F(Time, ThatTheProgramItselfLosesIsNotTakenFromThoseThatAreReady) {
  constexpr std::size_t kMany = 600;  // more than one epoll_wait tells of
  held_up_ = milliseconds(100);
  add<Prompt>(milliseconds(10));
  for (std::size_t i = 1; i < kMany; ++i) {
    add<Prompt>(milliseconds(20));
  }
  add<Timed>(kNever);
  const std::vector<Ending> endings = fetch(milliseconds(50));
  ASSERT_EQ(endings.size(), kMany + 1);
  std::size_t failed = 0;
  for (const Ending& ending : endings) {
    failed += ending.error.empty() ? 0 : 1;
    EXPECT_TRUE(ending.error.empty() || ending.error == "receive: timed out");
  }
  EXPECT_EQ(failed, 1U);
}

// Sends a byte whenever it is asked, and so takes all the time of the thread.
class Talker : public Timed {
 public:
  Talker() : Timed(Clock::duration::zero()) {}
  Answer recv(char* data, std::size_t) override {
    simulated_network::pass(milliseconds(3));
    *data = 'x';
    return {0, 1, {}};
  }
};

TEST_F(Time, IsNotExtendedByAServerThatAlwaysHasOneMoreByte) {
  add<Talker>();
  const Ending ending = fetch(milliseconds(50)).at(0);
  EXPECT_TRUE(ending.error.starts_with("receive: ")) << ending.error;
  EXPECT_GE(ending.took, Clock::duration::zero());
  EXPECT_LE(ending.took, milliseconds(50 + 3 + 3));
}

TEST_F(Time, OfAThousandThatAreDueAtOnceEndsInOneTurn) {
  constexpr std::size_t kMany = 1000;
  for (std::size_t i = 0; i < kMany; ++i) {
    if (i % 10 == 9) {  // these are not silent
      add<Prompt>(milliseconds(20));
    } else {
      add<Timed>(kNever);
    }
  }
  const std::vector<Ending> endings = fetch(milliseconds(50));
  std::set<std::uint64_t> turns;
  for (const Ending& ending : endings) {
    if (ending.error.empty()) {
      EXPECT_EQ(ending.took, milliseconds(20));
    } else {
      expect_timeout(ending, milliseconds(50), "receive");
      turns.insert(ending.turn);
    }
  }
  EXPECT_EQ(turns.size(), overlaps_ ? 1U : kMany - kMany / 10);
}

// The addresses of a host share the time. The first ones get what a host far
// away may take, and the last one always has some left.
TEST_F(Time, IsSharedByTheAddressesOfAHost) {
  const Deadline now = Clock::now();
  for (const nanoseconds timeout : kTimeouts) {
    Deadline tried = now;
    for (std::size_t tries = 16; tries >= 1; --tries) {
      const Deadline share = share_of(now + timeout, tries);
      EXPECT_LE(share, now + timeout);
      EXPECT_GT(share + nanoseconds(1), now + timeout / tries);
      EXPECT_TRUE(share <= now + milliseconds(2000) ||
                  share <= now + timeout / tries || tries == 1);
      tried = share;
    }
    EXPECT_EQ(tried, now + timeout);
  }
  EXPECT_EQ(share_of(now + milliseconds(5000), 8), now + milliseconds(2000));
  EXPECT_EQ(share_of(now + milliseconds(5000), 16), now + milliseconds(1250));
  EXPECT_EQ(share_of(now + milliseconds(1500), 3), now + milliseconds(1000));
  EXPECT_EQ(share_of(now + milliseconds(600), 3), now + milliseconds(200));
  for (std::size_t addresses = 2; addresses <= 16; ++addresses) {
    nanoseconds left = milliseconds(5000);
    for (std::size_t tries = addresses; tries > 1; --tries) {
      left -= share_of(now + left, tries) - now;  // none of them answers
    }
    EXPECT_GE(left, milliseconds(250)) << addresses << " addresses";
  }
}

}  // namespace
