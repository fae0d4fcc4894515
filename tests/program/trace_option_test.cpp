// The trace file: that it follows the rules and names the lines of this step.
#include <fcntl.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <map>
#include <set>

#include "tests/program/fixtures.h"
#include "tests/support/trace_rules.h"

namespace {

const bool overlaps = !std::string_view(kStepName).starts_with("step1");

class TraceOption : public testing::Test {
 protected:
  Ended run_with(Words arguments, const Surroundings& given = {}) const {
    arguments.insert(arguments.begin(), {"--trace", name_});
    return run_step(arguments, given);
  }

  std::vector<Json> events() const {
    return events_of_trace(directory_.content("trace.json"));
  }

  const TemporaryDirectory directory_;
  const std::string name_ = directory_.path("trace.json");
  const SlowServer server_;
};

std::size_t count(const std::vector<Json>& events, const std::string& phase,
                  const std::string& name) {
  return static_cast<std::size_t>(
      std::count_if(events.begin(), events.end(), [&](const Json& event) {
        return event["ph"].text == phase && event["name"].text == name;
      }));
}

// The names of the files of steps that `events` name.
std::set<std::string> files_of(const std::vector<Json>& events) {
  std::set<std::string> files;
  for (const Json& event : events) {
    if (event["args"].has("file")) {
      files.insert(event["args"]["file"].text);
    }
  }
  return files;
}

TEST_F(TraceOption, TellsWhatEachFetchWasBusyWithAndWhoseLineWentOn) {
  const Ended ended =
      run_with({server_.url("/a?seconds=0.1"), server_.url("/b?seconds=0.1")});
  EXPECT_EQ(ended.status, 0);
  EXPECT_EQ(ended.err, "");
  const std::vector<Json> all = events();
  EXPECT_EQ(all.front()["args"]["name"].text, kStepName);
  for (const char* const stage :
       {"lookup", "connect", "waiting", "receiving"}) {
    EXPECT_EQ(count(all, "b", stage), 2U) << stage;
  }
  EXPECT_EQ(count(all, "b", server_.url("/a?seconds=0.1")), 1U);
  EXPECT_EQ(count(all, "n", "send"), 2U);
  EXPECT_EQ(count(all, "n", "end"), 2U);
  EXPECT_GE(count(all, "n", "recv"), 4U);
  EXPECT_GE(count(all, "X", "fetch 1"), 2U);  // it was woken that often
  EXPECT_GE(count(all, "X", "fetch 2"), 2U);
  for (const std::string& file : files_of(all)) {
    EXPECT_TRUE(file.starts_with(std::string(kStepName) + "/")) << file;
  }
  EXPECT_TRUE(files_of(all).contains(std::string(kStepName) + "/fetch.cpp"));
  for (const Json& event : all) {
    const std::string& name = event["name"].text;
    if (event["ph"].text == "n" && name != "close") {
      EXPECT_TRUE(event["args"].has("line")) << name;
    }
    if (event["ph"].text == "X" && name != "start") {
      EXPECT_TRUE(event["args"].has("line")) << name;
    }
  }
}

// How long the thread didn't sleep, as a part of the time that fetches took.
TEST_F(TraceOption, ShowsThatTheThreadSleepsMostOfTheTime) {
  run_with({server_.url("/a?seconds=0.5&chunks=2")});
  double awake = 0;
  double last = 0;
  for (const Json& event : events()) {
    last = std::max(last, event["ts"].number());
    awake += event.has("dur") ? event["dur"].number() : 0;
  }
  EXPECT_GE(last, 500'000);
  EXPECT_LT(awake, last / 2);
}

TEST_F(TraceOption, IsWrittenWhateverCameOfTheFetches) {
  const Descriptor refusing = refusing_port();
  const Descriptor full(open("/dev/full", O_WRONLY | O_CLOEXEC), Phase::kSend);
  EXPECT_EQ(run_with({url_of(refusing, "/x")}).status, 1);
  EXPECT_EQ(count(events(), "n", "fail"), 1U);
  EXPECT_EQ(run_with({"--json", url_of(refusing, "/x")}).status, 1);
  EXPECT_EQ(count(events(), "n", "fail"), 1U);
  EXPECT_EQ(run_with({"-i", "/dev/null"}).status, 0);
  EXPECT_EQ(count(events(), "X", "start"), 1U);
  const Ended unread =
      run_with({server_.url("/x?seconds=0")}, {.output = full.fd()});
  EXPECT_EQ(unread.err, kPrefix +
                            "cannot write to standard output: no space "
                            "left on device\n");
  EXPECT_EQ(unread.status, 1);
  EXPECT_EQ(count(events(), "n", "end"), 1U);
}

TEST_F(TraceOption, EndsWhatCtrlCHasCutShort) {
  ScriptedServer server;
  server.on("/x", Script().send("HTTP/1.0 200 OK\r\n\r\n").stall());
  Process process(
      {kProgram, "--trace", name_, "-c2", server.url("/x"), server.url("/x")});
  until([&server] { return server.requests().size() == (overlaps ? 2 : 1); });
  process.signal(SIGTERM);
  EXPECT_EQ(process.wait().status, 143);
  const std::vector<Json> all = events();
  EXPECT_EQ(count(all, "e", server.url("/x")), overlaps ? 2U : 1U);
}

TEST_F(TraceOption, SaysHowMuchIsMissingWhenThereWasTooMuch) {
  const Ended ended = run_with({"-q", "--repeat=40000", "http://127.0.0.1:1/"});
  const std::size_t at = ended.err.rfind(kPrefix);
  ASSERT_NE(at, ended.err.npos);
  const std::string last = ended.err.substr(at);
  const Words missing =
      groups(last, kPrefix +
                       "warning: the trace file lacks the last ([0-9]+) "
                       "events: the record is full\n");
  ASSERT_FALSE(missing.empty()) << last;
  const std::string text = directory_.content("trace.json");
  EXPECT_NE(text.find("\"dropped\":\"" + missing[1] + "\""), text.npos);
  EXPECT_TRUE(text.ends_with("\n]}\n"));
}

TEST_F(TraceOption, MustBeWritableBeforeAnythingIsFetched) {
  for (const auto& [name, cause] : std::map<std::string, std::string>{
           {directory_.path(), "is a directory"},
           {directory_.path("no/trace"), "no such file or directory"}}) {
    const Ended ended = run_step({"--trace", name, server_.url("/?seconds=0")});
    EXPECT_EQ(ended.err, kPrefix + "cannot write the trace file '" + name +
                             "': " + cause + "\n");
    EXPECT_EQ(ended.out, "");
    EXPECT_EQ(ended.status, 1);
  }
  EXPECT_EQ(server_.peak_in_flight(), 0U);
}

TEST_F(TraceOption, FailsTheRunWhenThereIsNoRoomForIt) {
  const std::string url = server_.url("/x?seconds=0&bytes=1");
  const Ended full = run_step({"--trace", "/dev/full", url});
  EXPECT_EQ(masked(full.out), url + ": 200 OK, 1 bytes, N seconds\n" + kTook);
  EXPECT_EQ(full.err,
            kPrefix +
                "cannot write the trace file '/dev/full': no space left "
                "on device\n");
  EXPECT_EQ(full.status, 1);
  const Ended large = run_with({"-q", "--repeat=100", url},
                               {.settings = {{RLIMIT_FSIZE, {20000, 20000}}}});
  EXPECT_EQ(large.err, kPrefix + "cannot write the trace file '" + name_ +
                           "': file too large\n");
  EXPECT_EQ(large.status, 1);
}

}  // namespace
