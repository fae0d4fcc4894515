// The timeline: when there is one, how wide it is and what it shows.
#include <algorithm>
#include <csignal>
#include <sstream>

#include "tests/program/fixtures.h"

namespace {

const bool overlaps = !std::string_view(kStepName).starts_with("step1");

// The lines of `text`, each without its end, which is \r\n on a terminal.
Words lines_of(const std::string& text) {
  Words lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    line.erase(std::min(line.find('\r'), line.size()));
    lines.push_back(line);
  }
  return lines;
}

// The lines of `ended` that the timeline consists of: those between the results
// and "took", if there are any.
Words timeline_of(const Ended& ended) {
  Words lines = lines_of(ended.out);
  std::erase_if(lines, [](const std::string& line) {
    return line.starts_with("http://") || line.starts_with("took ");
  });
  return lines;
}

std::size_t rows_of(const Ended& ended) {
  const Words lines = timeline_of(ended);
  return static_cast<std::size_t>(std::count_if(
      lines.begin(), lines.end(),
      [](const std::string& line) { return line.starts_with("/"); }));
}

class Timeline : public testing::Test {
 protected:
  Ended run_with(Words arguments, const Surroundings& given = {},
                 const char* path = "/x?seconds=0&bytes=1") const {
    arguments.push_back(server_.url(path));
    return run_step(arguments, given);
  }

  const Surroundings terminal_ = {.terminal = true, .columns = 80};
  const SlowServer server_;
};

TEST_F(Timeline, IsDrawnUnaskedOnATerminalForUpToTwentyFetches) {
  EXPECT_EQ(rows_of(run_with({}, terminal_)), 1U);
  EXPECT_EQ(rows_of(run_with({"--repeat=20"}, terminal_)), 20U);
  for (const Words& without : std::vector<Words>{
           {"--repeat=21"}, {"--no-timeline"}, {"--json"}, {"--quiet"}}) {
    EXPECT_EQ(rows_of(run_with(without, terminal_)), 0U) << without.front();
  }
  EXPECT_TRUE(timeline_of(run_with({})).empty());  // a pipe
}

TEST_F(Timeline, IsDrawnWhereverItIsAskedFor) {
  for (const Surroundings& given : {Surroundings(), terminal_}) {
    EXPECT_EQ(rows_of(run_with({"--timeline"}, given)), 1U);
    EXPECT_EQ(rows_of(run_with({"--timeline", "--quiet"}, given)), 1U);
    const Ended many = run_with({"--timeline", "--repeat=103"}, given);
    EXPECT_EQ(rows_of(many), 100U);
    EXPECT_NE(many.out.find(" and 3 more fetches"), many.out.npos);
  }
  EXPECT_EQ(run_step({"-q", "-i", "/dev/null", "--timeline"}).out, "");
  EXPECT_TRUE(timeline_of(run_step({"--no-timeline"})).empty());  // the demo
}

TEST_F(Timeline, StandsBetweenTheResultsAndTheTimeTheyTook) {
  const Words lines = lines_of(run_with({"--timeline"}).out);
  ASSERT_EQ(lines.size(), 6U);
  EXPECT_TRUE(lines[0].starts_with("http://"));
  EXPECT_TRUE(lines[1].starts_with("/x?seconds=0&bytes=1 |"));
  EXPECT_TRUE(lines[4].find("sum ") != std::string::npos);
  EXPECT_TRUE(lines[5].starts_with("took "));
}

// Where the bar of each row begins and ends, in columns.
struct Bar {
  std::size_t begin, end;
};

Bar bar_of(const std::string& row) {
  return {row.find_first_of("?+.#x>", row.find('|')),
          row.find_last_of("?+.#x>", row.rfind('|')) + 1};
}

// Each takes so long that what a busy machine adds doesn't matter.
TEST_F(Timeline, IsAStaircaseInStep1AndOverlapsInTheOthers) {
  const Words lines =
      timeline_of(run_with({"--timeline", "--repeat=2"}, {}, "/x?seconds=0.5"));
  ASSERT_EQ(lines.size(), 5U);
  const Bar first = bar_of(lines[0]);
  const Bar second = bar_of(lines[1]);
  if (overlaps) {
    EXPECT_LT(second.begin, first.begin + (first.end - first.begin) / 2)
        << "While one fetch waits, this step goes on with the other:\n"
        << lines[0] << "\n"
        << lines[1];
  } else {
    EXPECT_GE(second.begin, first.end)
        << "While one fetch waits, step 1 does nothing else:\n"
        << lines[0] << "\n"
        << lines[1];
  }
}

TEST_F(Timeline, IsAsWideAsTheTerminalAndEightyColumnsInAPipe) {
  Surroundings ascii = {.terminal = true, .variables = {{"LC_ALL", "C"}}};
  const Words silent = timeline_of(run_with({}, ascii));
  for (const Words& lines : {silent, timeline_of(run_with({"--timeline"}))}) {
    ASSERT_EQ(lines.size(), 4U);
    EXPECT_LE(lines.front().size(), 80U);
    EXPECT_GE(lines.front().size(), 75U);
  }
  for (const unsigned columns : {1U, 10U, 20U, 40U, 300U}) {
    ascii.columns = static_cast<unsigned short>(columns);
    const Words lines = timeline_of(run_with({}, ascii));
    ASSERT_GE(lines.size(), 4U);
    for (const std::string& line : lines) {
      EXPECT_LE(line.size(), std::max(columns, 20U)) << line;
    }
    EXPECT_GE(lines.front().size() + 5, columns);
  }
}

TEST_F(Timeline, IsDrawnWithBlocksOnATerminalWhoseLocaleIsUtf8) {
  const auto has_blocks = [this](bool terminal, const char* locale) {
    const Ended ended =
        run_with({"--timeline"},
                 {.terminal = terminal, .variables = {{"LC_ALL", locale}}});
    const bool found =
        ended.out.find("\xe2\x96\x88 receiving") != std::string::npos;
    EXPECT_EQ(ended.out.find("# receiving") == std::string::npos, found);
    EXPECT_EQ(ended.out.find('\x1b'), std::string::npos);
    return found;
  };
  EXPECT_TRUE(has_blocks(true, "C.UTF-8"));
  EXPECT_FALSE(has_blocks(true, "C"));
  EXPECT_FALSE(has_blocks(false, "C.UTF-8"));
}

TEST_F(Timeline, ShowsAFetchThatFailed) {
  const Descriptor refusing = refusing_port();
  const Ended ended = run_step({"--timeline", url_of(refusing, "/x")});
  EXPECT_EQ(ended.status, 1);
  const Words lines = timeline_of(ended);
  ASSERT_EQ(lines.size(), 4U);
  const Bar bar = bar_of(lines[0]);
  EXPECT_EQ(lines[0][bar.end - 1], 'x') << lines[0];
  EXPECT_NE(lines[2].find("x failed"), std::string::npos);
}

TEST_F(Timeline, ShowsWhatCtrlCHasCutShort) {
  ScriptedServer server;
  server.on("/x", Script().stall());
  Process process({kProgram, "--timeline", server.url("/x")});
  until([&server] { return server.requests().size() == 1; });
  process.signal(SIGINT);
  const Ended ended = process.wait();
  EXPECT_EQ(ended.status, 130);
  const Words lines = timeline_of(ended);
  ASSERT_EQ(lines.size(), 4U) << ended.out;
  EXPECT_EQ(lines[0][bar_of(lines[0]).end - 1], '>') << lines[0];
  EXPECT_NE(lines[2].find("> not finished"), std::string::npos);
}

}  // namespace
