#include "common/view/trace_file.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "common/view/output.h"
#include "tests/support/temporary_directory.h"
#include "tests/support/trace_rules.h"

namespace {

using Lines = std::vector<std::string>;
using std::chrono::nanoseconds;

const std::vector<Url> urls = {Url("http://a/x"), Url("http://b/\"\\")};
const Clock::time_point start = Clock::time_point() + std::chrono::hours(1);

// Records, each a microsecond and a half after the one before.
class TraceFileTest : public testing::Test {
 protected:
  void add(std::uint32_t fetch, Operation operation, std::int64_t bytes = 0,
           Phase phase = Phase::kConnect,
           const char* file = "/src/step9_x/fetch.cpp") {
    time_ += nanoseconds(1500);
    records_.push_back(
        {time_, fetch + 100, bytes, file, 7, fetch, operation, phase});
  }

  std::string text(std::size_t dropped = 0) const {
    RunHistory run =
        history_of(records_, urls, 1, start, time_ + nanoseconds(1500));
    run.dropped = dropped;
    std::ostringstream out;
    write_trace(out, "step9", records_, run);
    return out.str();
  }

  // "ph name ts arguments", and of a fetch its id.
  Lines lines() const {
    Lines all;
    for (const Json& event : events_of_trace(text())) {
      std::string line = event["ph"].text + " " + event["name"].text;
      line += event.has("id") ? " of " + event["id"].text : "";
      line += " at " + event["ts"].text;
      line += event.has("dur") ? " for " + event["dur"].text : "";
      for (const std::string& key : event["args"].keys) {
        line += " " + key + "=" + event["args"][key].text;
      }
      all.push_back(line);
    }
    return all;
  }

  // Of all fetches that were in progress.
  Lines outcomes(std::size_t dropped = 0) const {
    Lines all;
    for (const Json& event : events_of_trace(text(dropped))) {
      if (event["args"].has("outcome")) {
        all.push_back(event["args"]["outcome"].text + " at " +
                      event["ts"].text);
      }
    }
    return all;
  }

  Clock::time_point time_ = start;
  std::vector<Trace::Record> records_;
};

TEST_F(TraceFileTest, TellsTheStagesOfAFetchAndWhatTheThreadDid) {
  add(1, Operation::kBegin);
  add(1, Operation::kOpen);
  add(1, Operation::kWaitWritable);
  add(0, Operation::kSleep);
  add(1, Operation::kWake);
  add(1, Operation::kSend, 5);
  add(1, Operation::kClose, 0, Phase::kReceive, "");
  add(1, Operation::kFail);
  const std::string lesson = " file=step9_x/fetch.cpp line=7";
  EXPECT_EQ(
      lines(),
      (Lines{"M process_name at 0.000 name=step9",
             "M thread_name at 0.000 name=the thread that fetches",
             "b http://a/x of 1 at 1.500" + lesson,
             "b lookup of 1 at 1.500" + lesson, "e lookup of 1 at 3.000",
             "b connect of 1 at 3.000" + lesson,
             "n open of 1 at 3.000" + lesson,
             "n wait writable of 1 at 4.500" + lesson,
             "X start at 0.000 for 6.000", "e connect of 1 at 9.000",
             "b waiting of 1 at 9.000" + lesson,
             "n send of 1 at 9.000 bytes=5" + lesson, "n close of 1 at 10.500",
             "n fail of 1 at 12.000" + lesson, "e waiting of 1 at 12.000",
             "e http://a/x of 1 at 12.000 outcome=failed",
             "X fetch 1 at 7.500 for 6.000 after=wait writable" + lesson}));
}

TEST_F(TraceFileTest, HasNoTwoSlicesAtOnceHoweverManyWakeTogether) {
  add(0, Operation::kWaitReadable);
  for (const std::uint32_t fetch : {1U, 2U}) {
    add(fetch, Operation::kBegin);
    add(fetch, Operation::kWaitReadable);
  }
  for (int i = 0; i < 3; ++i) {
    add(0, Operation::kSleep);
    add(0, Operation::kSleep);  // it woke up for nothing
    add(1, Operation::kWake);
    add(1, Operation::kRecv, 1);
    add(2, Operation::kTimeOut);
    add(0, Operation::kWake);
  }
  std::map<std::string, int> slices;
  for (const Json& event : events_of_trace(text())) {
    if (event["ph"].text == "X") {
      ++slices[event["name"].text];
      const bool woken = event["name"].text != "start";
      EXPECT_EQ(event["args"].has("after"), woken);
    }
  }
  EXPECT_EQ(slices, (std::map<std::string, int>{{"start", 1},
                                                {"fetch 1", 3},
                                                {"fetch 2: time out", 3},
                                                {"Ctrl-C", 3}}));
}

TEST_F(TraceFileTest, EndsWhateverHasBegun) {
  for (const std::uint32_t fetch : {1U, 2U}) {
    add(fetch, Operation::kBegin);
    add(fetch, Operation::kOpen);
    add(fetch, Operation::kSend, 1);
  }
  add(1, Operation::kRecv, 1);
  add(1, Operation::kEnd);
  EXPECT_EQ(outcomes(),
            (Lines{"complete at 12.000", "not finished at 13.500"}));
  records_.pop_back();
  EXPECT_EQ(outcomes(),
            (Lines{"not finished at 13.500", "not finished at 13.500"}));
}

TEST_F(TraceFileTest, SaysHowMuchIsMissingAndEndsWhereTheRecordDoes) {
  EXPECT_EQ(Json::parse(text())["otherData"]["dropped"].text, "0");
  add(1, Operation::kBegin);
  add(1, Operation::kOpen);
  EXPECT_EQ(Json::parse(text(9))["otherData"]["dropped"].text, "9");
  EXPECT_EQ(outcomes(9), Lines{"not finished at 3.000"});
}

TEST_F(TraceFileTest, EscapesUrlsAndNamesNoFileThatIsNotAStepS) {
  for (const char* const file :
       {"/usr/include/c++/12/optional", "/src/common/socket.cpp", "step1.cpp",
        "", "/", "/step1.cpp", "x"}) {
    add(2, Operation::kBegin, 0, Phase::kConnect, file);
    records_.front().fetch = 1;
    for (const Json& event : events_of_trace(text())) {
      EXPECT_FALSE(event["args"].has("file")) << file;
    }
    records_.clear();
  }
  add(1, Operation::kBegin, 0, Phase::kConnect, "step2_y/event_loop.cpp");
  const Lines all = lines();
  EXPECT_TRUE(std::find(all.begin(), all.end(),
                        "b http://a/x of 1 at 12.000 "
                        "file=step2_y/event_loop.cpp line=7") != all.end())
      << testing::PrintToString(all);
}

TEST_F(TraceFileTest, IsJsonEvenOfNothing) {
  EXPECT_EQ(lines(), (Lines{"M process_name at 0.000 name=step9",
                            "M thread_name at 0.000 name=the thread that "
                            "fetches",
                            "X start at 0.000 for 1.500"}));
}

TEST_F(TraceFileTest, IsWrittenWholeOrItSaysWhyNot) {
  const TemporaryDirectory directory;
  const std::string name = directory.path("trace.json");
  add(1, Operation::kBegin);
  const RunHistory run = history_of(records_, urls, 1, start, time_);
  TraceFile(name).write("step9", records_, run);
  std::ostringstream expected;
  write_trace(expected, "step9", records_, run);
  EXPECT_EQ(directory.content("trace.json"), expected.str());

  const auto message = [](const auto& act) -> std::string {
    try {
      act();
    } catch (const OutputError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(message([] { TraceFile("/no/\x1b"); }),
            "cannot write the trace file '/no/\\x1b': no such file or "
            "directory");
  EXPECT_EQ(message([&] { TraceFile("/dev/full").write("", records_, run); }),
            "cannot write the trace file '/dev/full': no space left on "
            "device");
}

TEST(JsonOfTheTests, RefusesWhatIsNotJson) {
  for (const char* const text :
       {"", "{", "[1,]", "{\"a\":1,}", "{\"a\":1,\"a\":2}", "[1 2]", "1 2",
        "\"\x01\"", "\"a", "01", "+1", "1.", ".5", "nul", "{a:1}", "[}",
        "'a'"}) {
    EXPECT_THROW(Json::parse(text), std::runtime_error) << text;
  }
  const Json json =
      Json::parse(" {\"a\" : [1, -2.5e1, \"\\\"\\u001b\"], \"b\":null} ");
  EXPECT_EQ(json["a"].elements[1].number(), -25);
  EXPECT_EQ(json["a"].elements[2].text, "\"\x1b");
  EXPECT_EQ(json["b"].kind, Json::Kind::kNull);
}

}  // namespace
