#include "common/view/history.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace {

using std::chrono::milliseconds;

const std::vector<Url> urls = {Url("http://a/x"), Url("http://b/x")};
const Clock::time_point start = Clock::time_point() + std::chrono::hours(1);
constexpr std::uint64_t kLookup = 1;  // serial numbers
constexpr std::uint64_t kSocket = 2;
constexpr std::uint64_t kSecondSocket = 3;

Trace::Record record(int time, std::uint32_t fetch, Operation operation,
                     std::int64_t bytes = 0, Phase phase = Phase::kLookup,
                     std::uint64_t descriptor = kSocket) {
  return {start + milliseconds(time),
          descriptor,
          bytes,
          "",
          0,
          fetch,
          operation,
          phase};
}

// "0 1 2 3 4": when each stage begins and the fetch ends, in milliseconds.
std::string times(const FetchHistory& fetch) {
  std::string text;
  for (const Clock::time_point time : fetch.times) {
    text += text.empty() ? "" : " ";
    text += std::to_string((time - start) / milliseconds(1));
  }
  return text;
}

RunHistory run_of(const std::vector<Trace::Record>& records,
                  std::uint64_t repeat = 1) {
  return history_of(records, urls, repeat, start, start + milliseconds(1000));
}

TEST(History, KnowsWhenEachStageOfAFetchBegan) {
  const RunHistory run = run_of({
      record(10, 1, Operation::kBegin),
      record(11, 1, Operation::kOpen, 0, Phase::kLookup, kLookup),
      record(12, 1, Operation::kWaitReadable, 0, Phase::kLookup, kLookup),
      record(20, 1, Operation::kClose, 0, Phase::kLookup, kLookup),
      record(21, 1, Operation::kOpen, 0, Phase::kConnect),
      record(22, 1, Operation::kWaitWritable, 0, Phase::kConnect),
      record(25, 1, Operation::kClose, 0, Phase::kConnect),
      record(26, 1, Operation::kOpen, 0, Phase::kConnect, kSecondSocket),
      record(30, 1, Operation::kSend, -1, Phase::kSend, kSecondSocket),
      record(40, 1, Operation::kSend, 10, Phase::kSend, kSecondSocket),
      record(41, 1, Operation::kSend, 10, Phase::kSend, kSecondSocket),
      record(50, 1, Operation::kRecv, -1, Phase::kReceive, kSecondSocket),
      record(60, 1, Operation::kRecv, 5, Phase::kReceive, kSecondSocket),
      record(70, 1, Operation::kRecv, 5, Phase::kReceive, kSecondSocket),
      record(80, 1, Operation::kEnd),
  });
  ASSERT_EQ(run.fetches.size(), 1U);
  EXPECT_EQ(times(run.fetches[0]), "10 21 40 60 80");
  EXPECT_EQ(run.fetches[0].outcome, FetchHistory::Outcome::kComplete);
  EXPECT_EQ(run.start, start);
  EXPECT_EQ(run.end, start + milliseconds(1000));
}

TEST(History, LetsAStageThatWasNotReachedBeginWithTheEnd) {
  const RunHistory run = run_of({
      record(1, 1, Operation::kBegin),
      record(2, 2, Operation::kBegin),
      record(3, 2, Operation::kOpen, 0, Phase::kConnect),
      record(4, 1, Operation::kFail),
  });
  ASSERT_EQ(run.fetches.size(), 2U);
  EXPECT_EQ(times(run.fetches[0]), "1 4 4 4 4");
  EXPECT_EQ(run.fetches[0].outcome, FetchHistory::Outcome::kFailed);
  EXPECT_EQ(times(run.fetches[1]), "2 3 1000 1000 1000");
  EXPECT_EQ(run.fetches[1].outcome, FetchHistory::Outcome::kUnfinished);
}

TEST(History, KnowsWhoseFetchIsWhichAndLeavesOutWhatIsNobodys) {
  const RunHistory run = run_of(
      {
          record(1, 0, Operation::kOpen, 0, Phase::kConnect),
          record(1, 1, Operation::kBegin),
          record(2, 2, Operation::kBegin),
          record(3, 3, Operation::kBegin),
          record(4, 0, Operation::kSleep),
          record(5, 99, Operation::kSend, 1),
      },
      2);
  ASSERT_EQ(run.fetches.size(), 3U);
  EXPECT_EQ(run.fetches[0].url, &urls[0]);
  EXPECT_EQ(run.fetches[1].url, &urls[0]);
  EXPECT_EQ(run.fetches[2].url, &urls[1]);
  EXPECT_TRUE(run_of({}).fetches.empty());
}

}  // namespace
