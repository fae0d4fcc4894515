#include "common/view/story.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace {

const std::vector<Url> kUrls = {Url("http://a/x"), Url("http://a/\"\\")};
const Clock::time_point kStart = Clock::time_point() + std::chrono::hours(1);

// Records, each one and a half milliseconds after the one before.
class StoryTest : public testing::Test {
 protected:
  void add(std::uint32_t fetch, Operation operation, std::int64_t bytes = 0,
           Phase phase = Phase::kConnect,
           const char* file = "/src/step9_x/fetch.cpp") {
    time_ += std::chrono::microseconds(1500);
    records_.push_back({time_, 1, bytes, file, 7, fetch, operation, phase});
  }

  std::string story(bool timed, std::size_t dropped = 0,
                    std::uint64_t repeat = 1) const {
    RunHistory run = history_of(records_, kUrls, repeat, kStart, time_);
    run.dropped = dropped;
    return story_of(records_, run, timed);
  }

 private:
  std::vector<Trace::Record> records_;
  Clock::time_point time_ = kStart;
};

TEST_F(StoryTest, SaysWhatHappenedWhenToWhomAndWhere) {
  add(1, Operation::kBegin);
  add(1, Operation::kOpen);
  add(1, Operation::kWaitWritable);
  add(0, Operation::kSleep, 0, Phase::kNone, "");
  add(1, Operation::kWake, 0, Phase::kConnect, "");
  add(1, Operation::kRecv, 2000);
  EXPECT_EQ(story(true),
            "     1.500 ms  1 /x  begins" + std::string(38, ' ') +
                "fetch.cpp:7\n"
                "     3.000 ms  1 /x  opens a socket" +
                std::string(30, ' ') +
                "fetch.cpp:7\n"
                "     4.500 ms  1 /x  waits until it can send" +
                std::string(21, ' ') +
                "fetch.cpp:7\n"
                "     6.000 ms  the thread sleeps; kept: 1 /x at fetch.cpp:7\n"
                "     7.500 ms  1 /x  is woken\n"
                "     9.000 ms  1 /x  receives 2000 bytes" +
                std::string(25, ' ') + "fetch.cpp:7\n");
}

TEST_F(StoryTest, LeavesOutUntimedWhatVaries) {
  add(1, Operation::kBegin);
  add(1, Operation::kWaitReadable);
  add(0, Operation::kSleep, 0, Phase::kNone, "");
  add(1, Operation::kTimeOut, 0, Phase::kReceive, "");
  add(1, Operation::kSend, 107);
  add(1, Operation::kSend, -1);
  add(1, Operation::kRecv, -1);
  add(1, Operation::kRecv, 5);
  add(1, Operation::kRecv, 0);
  add(1, Operation::kClose);
  add(1, Operation::kFail);
  EXPECT_EQ(story(false),
            "1 /x  begins\n"
            "1 /x  waits until it can receive\n"
            "the thread sleeps; kept: 1 /x\n"
            "1 /x  is woken: its deadline has passed\n"
            "1 /x  sends\n"
            "1 /x  can't send yet\n"
            "1 /x  has nothing to receive yet\n"
            "1 /x  receives\n"
            "1 /x  receives the end of the stream\n"
            "1 /x  closes the socket\n"
            "1 /x  ends: it has failed\n");
}

// A fetch is kept from the moment it waits to the moment it is woken.
TEST_F(StoryTest, SaysWhoIsKeptWhileTheThreadSleeps) {
  for (std::uint32_t fetch = 1; fetch <= 6; ++fetch) {
    add(fetch, Operation::kBegin);
    add(fetch, Operation::kWaitReadable);
  }
  add(2, Operation::kWake);
  add(0, Operation::kSleep);
  const std::string told = story(false, 0, 3);
  EXPECT_NE(told.find("\nthe thread sleeps; kept: 1 /x, 3 /x, 4 /\"\\ and 2 "
                      "more\n"),
            told.npos)
      << told;
}

TEST_F(StoryTest, TellsALookupFromASocket) {
  add(1, Operation::kBegin);
  add(1, Operation::kOpen, 0, Phase::kLookup);
  add(1, Operation::kWaitReadable, 0, Phase::kLookup);
  add(1, Operation::kClose, 0, Phase::kLookup);
  EXPECT_EQ(story(false),
            "1 /x  begins\n"
            "1 /x  has its name looked up\n"
            "1 /x  waits for the lookup\n"
            "1 /x  has what the lookup found\n");
}

TEST_F(StoryTest, SaysWhatItLeavesOut) {
  add(0, Operation::kOpen);  // the selector's own
  add(7, Operation::kRecv);  // of a fetch whose beginning isn't recorded
  add(0, Operation::kWake);
  EXPECT_EQ(story(false, 12),
            "the thread is woken by Ctrl-C\n"
            "(and 12 events more: the record is full)\n");
}

}  // namespace
