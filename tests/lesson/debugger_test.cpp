// The two commands of coroutines.gdb.py, in a run of the demo that gdb has
// stopped: a debugger can still find who waits for whom.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <string>

#include "tests/support/patterns.h"
#include "tests/support/places.h"
#include "tests/support/process.h"
#include "tests/support/source_text.h"

namespace {

// Where `text` stands in step 4's fetch.cpp: "fetch\\.cpp:54", as a pattern.
std::string place_of(const std::string& text) {
  const Lines lines = lines_of("step4_coroutines/fetch.cpp");
  const auto line = std::find_if(
      lines.begin(), lines.end(),
      [&](const std::string& l) { return l.find(text) != l.npos; });
  EXPECT_NE(line, lines.end()) << "fetch.cpp has no " << text;
  return "fetch\\.cpp:" + std::to_string(line - lines.begin() + 1);
}

const std::string kFeeds = "response.feed(*chunk)";
const std::string kReads = "co_await loop.readable(socket";
const std::string kFetches = "co_await read_response(";
const std::string kWorks = "co_await fetch(";

class Debugger : public testing::Test {
 protected:
  void SetUp() override {
#ifdef _LIBCPP_VERSION
    GTEST_SKIP() << "the commands are tested with libstdc++";
#endif
  }

  // Runs the demo in gdb with `commands`; what they print. Nothing if gdb isn't
  // there, or may not trace.
  Lines output_of(const Lines& commands) {
    std::vector<std::string> command = {
        "/usr/bin/env",
        "ASAN_OPTIONS=detect_leaks=0",
        "gdb",
        "-nx",
        "-batch",
        "-ex",
        "set debuginfod enabled off",
        "-x",
        kSourceDir + "/step4_coroutines/coroutines.gdb.py"};
    for (const std::string& one : commands) {
      command.insert(command.end(), {"-ex", one});
    }
    command.push_back(kPrograms + "step4_unoptimised");
    const Ended ended = run(command);
    missing_ = ended.status == 127 ? "gdb is not installed"
               : count(ended.err, "ptrace|Operation not permitted") > 0
                   ? "gdb may not trace here"
                   : "";
    said_ = ended.out + ended.err;
    return split_lines(ended.out);
  }

  // Whether the test has to be skipped. Where nothing may be missing, as in CI,
  // that is a failure.
  bool is_missing() const {
    EXPECT_TRUE(missing_.empty() ||
                std::getenv("NOTHING_MAY_BE_MISSING") == nullptr)
        << missing_;
    return !missing_.empty();
  }

  std::string missing_;
  std::string said_;
};

std::ptrdiff_t matching(const Lines& lines, const std::string& pattern) {
  return std::count_if(
      lines.begin(), lines.end(),
      [&](const std::string& line) { return matches(line, pattern); });
}

// Long enough after the start for both fetches to be reading.
Lines in_the_middle() {
  return {"break " + replaced(place_of(kFeeds), "\\\\", ""), "ignore 1 9",
          "run"};
}

TEST_F(Debugger, PrintsEachSuspendedChainFromItsWaitOutward) {
  Lines commands = in_the_middle();
  commands.push_back("coroutines");
  const Lines printed = output_of(commands);
  if (is_missing()) {
    GTEST_SKIP() << missing_;
  }
  // One of the two fetches waits; the other one has just received something.
  const std::string chain =
      "fd [0-9]+ readable <- read_response \\(" + place_of(kReads) +
      "\\) <- fetch \\(" + place_of(kFetches) +
      ", job (1: /foo|2: /bar)\\) <- worker \\(" + place_of(kWorks) + "\\)";
  EXPECT_EQ(matching(printed, chain), 1) << chain << "\n" << said_;
  EXPECT_EQ(matching(printed, "fd .*"), 1) << said_;
}

TEST_F(Debugger, GoesOnWhereTheStackEnds) {
  Lines commands = in_the_middle();
  commands.push_back("coroutine-bt");
  const Lines printed = output_of(commands);
  if (is_missing()) {
    GTEST_SKIP() << missing_;
  }
  const Lines expected = {"read_response \\(" + place_of(kFeeds) + "\\)",
                          "Future::resolve \\(future\\.h:[0-9]+\\)",
                          "EventLoop::run \\(event_loop\\.cpp:[0-9]+\\)",
                          "fetch_all \\(" + place_of("loop.run()") + "\\)",
                          "suspended: fetch \\(" + place_of(kFetches) +
                              ", job (1: /foo|2: /bar)\\)",
                          "suspended: worker \\(" + place_of(kWorks) + "\\)"};
  ASSERT_GE(printed.size(), expected.size()) << said_;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const std::string& line = printed[printed.size() - expected.size() + i];
    EXPECT_TRUE(matches(line, expected[i]))
        << line << "\nisn't " << expected[i] << "\n"
        << said_;
  }
}

// A child runs on its parent's stack until it has to wait for the first time.
TEST_F(Debugger, KnowsAParentThatIsOnTheStackStill) {
  const Lines printed =
      output_of({"break " + replaced(place_of("socket.send(data)"), "\\\\", ""),
                 "run", "coroutine-bt"});
  if (is_missing()) {
    GTEST_SKIP() << missing_;
  }
  std::string all;
  for (const std::string& line : printed) {
    all += line.substr(0, line.find(" (")) + "\n";
  }
  EXPECT_EQ(count(all, "\nsend_all\n([^\n]*\n)*fetch\n"), 1) << all;
  EXPECT_EQ(count(all, "suspended: "), 1) << all;
  EXPECT_EQ(count(all, "suspended: worker\n"), 1) << all;
}

TEST_F(Debugger, SaysAnAddressWhereItKnowsNoFrame) {
  Lines commands = in_the_middle();
  commands.push_back("python print(list(chain(0x10)))");
  commands.push_back(
      "python print(list(chain(int(gdb.parse_and_eval('(long)&main')))))");
  const Lines printed = output_of(commands);
  if (is_missing()) {
    GTEST_SKIP() << missing_;
  }
  EXPECT_EQ(matching(printed, "\\['unknown frame 0x[0-9a-f]+'\\]"), 2) << said_;
}

}  // namespace
