#include "common/view/timeline.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <list>
#include <sstream>
#include <string>
#include <vector>

#include "common/view/wrap.h"

namespace {

using Outcome = FetchHistory::Outcome;
using Words = std::vector<std::string>;

const Clock::time_point start = Clock::time_point() + std::chrono::hours(1);

// A run whose times are counted in `unit` from its start.
class RunTest : public testing::Test {
 protected:
  void add(const std::string& url, const std::array<int, kStages + 1>& times,
           Outcome outcome = Outcome::kComplete) {
    FetchHistory fetch = {&urls_.emplace_back(url), outcome};
    for (std::size_t i = 0; i < times.size(); ++i) {
      fetch.times[i] = start + times[i] * unit_;
    }
    run_.fetches.push_back(fetch);
    run_.end = std::max(run_.end, fetch.end());
  }

  void clear() {
    run_ = {start, start, {}};
    urls_.clear();
  }

  // In lines.
  Words draw(std::size_t columns, bool unicode = false) const {
    std::istringstream text(timeline(run_, {columns, unicode}));
    Words lines;
    for (std::string line; std::getline(text, line);) {
      lines.push_back(line);
    }
    return lines;
  }

  Clock::duration unit_ = std::chrono::milliseconds(1);
  RunHistory run_ = {start, start, {}};
  std::list<Url> urls_;
};

using Timeline = RunTest;

TEST_F(Timeline, IsAStaircaseWhereOneWaitsForTheOther) {
  add("http://a/foo", {0, 50, 100, 300, 1000});
  add("http://a/bar", {1000, 1050, 1100, 1300, 2000});
  EXPECT_EQ(draw(54),
            (Words{"/foo |?+....##############                    | 1.00 s",
                   "/bar |                    ?+....##############| 1.00 s",
                   "      '0 s      '0.5 s    '1.0 s    '1.5 s    '2.0 s",
                   "      ? lookup  + connect  . waiting  # receiving",
                   "      sum 2.00 s, wall 2.00 s"}));
}

TEST_F(Timeline, HasRowsOneAboveTheOtherWhereFetchesOverlap) {
  add("http://a/foo", {0, 50, 100, 300, 1000});
  add("http://a/b", {0, 50, 100, 500, 500});
  EXPECT_EQ(draw(54, true),
            (Words{"/foo |░░▒▒────────████████████████████████████| 1.00 s",
                   "/b   |░░▒▒────────────────                    | 0.50 s",
                   "      ╵0 s                ╵0.5 s              ╵1.0 s",
                   "      ░ lookup  ▒ connect  ─ waiting  █ receiving",
                   "      sum 1.50 s, wall 1.00 s"}));
}

TEST_F(Timeline, ShowsWhichFetchesFailedAndWhichHaveNotEnded) {
  add("http://a/failed", {0, 10, 100, 100, 100}, Outcome::kFailed);
  add("http://a/stopped", {0, 10, 10, 200, 200}, Outcome::kUnfinished);
  add("http://a/at-once", {150, 150, 150, 150, 150}, Outcome::kFailed);
  EXPECT_EQ(draw(58),
            (Words{"/failed  |??+++++++++++++++++x                    | 0.10 s",
                   "/stopped |??.....................................>| 0.20 s",
                   "/at-once |                              x         | 0.00 s",
                   "          '0 s      '0.05 s   '0.10 s   '0.15 s   '0.20 s",
                   "          ? lookup  + connect  . waiting  # receiving",
                   "          x failed  > not finished",
                   "          sum 0.30 s, wall 0.20 s"}));
}

std::size_t characters(const std::string& line) {
  return static_cast<std::size_t>(
      std::count_if(line.begin(), line.end(), [](char byte) {
        return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80;
      }));
}

TEST_F(Timeline, FitsIntoAnyNumberOfColumnsFromTwentyOn) {
  const std::string path = "/a/long/path/to/something?with=a&query=in&it";
  add("http://a" + path, {0, 5, 900, 1900, 3700});
  add("http://b" + path, {1, 3, 4, 4, 4}, Outcome::kFailed);
  add("http://c/", {3699, 3700, 3700, 3700, 3700}, Outcome::kUnfinished);
  run_.dropped = 123456789;
  for (const int minute : {0, 1, 1000000}) {
    run_.end =
        start + std::chrono::milliseconds(3700) + std::chrono::minutes(minute);
    for (const bool unicode : {false, true}) {
      for (std::size_t columns = 0; columns <= 300; ++columns) {
        std::size_t widest = 0;
        const Words lines = draw(columns, unicode);
        for (const std::string& line : lines) {
          widest = std::max(widest, characters(line));
        }
        EXPECT_LE(widest, std::max<std::size_t>(columns, 20));
        // A row takes all of them, but for the room of a longer duration.
        EXPECT_GE(widest + 9, columns);
        EXPECT_LT(lines[0].find('|') + 1, lines[0].rfind('|'));
        if (columns <= 20) {
          EXPECT_EQ(lines, draw(20, unicode));
        }
      }
    }
  }
}

TEST_F(Timeline, IsNothingWithoutFetches) {
  EXPECT_EQ(timeline(run_, {}), "");
}

TEST_F(Timeline, OfARunThatTakesNoTimeHasARowAllTheSame) {
  add("http://a/x", {0, 0, 0, 0, 0});
  const Words lines = draw(40);
  EXPECT_EQ(lines.front(), "/x |?                             | 0 us");
  EXPECT_EQ(lines.back(), "    sum 0 us, wall 0 us");
}

TEST_F(Timeline, CountsInAUnitThatFitsTheRun) {
  const struct {
    Clock::duration unit;
    std::string sum;
  } runs[] = {{std::chrono::nanoseconds(1), "sum 0 us, wall 0 us"},
              {std::chrono::nanoseconds(1000), "sum 30 us, wall 20 us"},
              {std::chrono::microseconds(100), "sum 3.00 ms, wall 2.00 ms"},
              {std::chrono::milliseconds(10), "sum 0.30 s, wall 0.20 s"},
              {std::chrono::hours(1), "sum 108000.00 s, wall 72000.00 s"}};
  for (const auto& run : runs) {
    clear();
    unit_ = run.unit;
    add("http://a/x", {0, 2, 4, 6, 10});
    add("http://a/y", {0, 2, 4, 6, 20});
    const Words lines = draw(80);
    EXPECT_NE(lines.back().find(run.sum), std::string::npos) << lines.back();
    EXPECT_GE(std::count(lines[2].begin(), lines[2].end(), '\''), 2)
        << lines[2];
  }
}

// Where a fetch begins and where the scale says that time is.
TEST_F(Timeline, HasItsTicksWhereTheBarsAreAtThatTime) {
  for (std::size_t columns = 40; columns <= 300; ++columns) {
    clear();
    add("http://a/x", {0, 0, 0, 0, 400});
    add("http://a/y", {400, 400, 400, 400, 1000});
    const Words lines = draw(columns);
    const std::size_t begin = lines[1].find_first_of("?+.#");
    const std::size_t tick =
        std::min(lines[2].find("'0.4 s"), lines[2].find("'0.40 s"));
    if (tick != std::string::npos) {
      EXPECT_EQ(tick, begin) << columns;
    }
    EXPECT_EQ(lines[0].find_last_of('#') + 1, begin) << columns;
  }
}

TEST_F(Timeline, NamesThePathsOrWholeUrlsWhereOriginsDiffer) {
  add("HTTP://A:8080", {0, 0, 0, 0, 100});
  add("http://a:8080/x?y", {0, 0, 0, 0, 100});
  add("http://a:8080?z", {0, 0, 0, 0, 100});
  Words lines = draw(80);
  EXPECT_TRUE(lines[0].starts_with("/    |")) << lines[0];
  EXPECT_TRUE(lines[1].starts_with("/x?y |")) << lines[1];
  EXPECT_TRUE(lines[2].starts_with("?z   |")) << lines[2];
  add("http://b/x", {0, 0, 0, 0, 100});
  lines = draw(80);
  EXPECT_TRUE(lines[0].starts_with("A:8080     |")) << lines[0];
  EXPECT_TRUE(lines[1].starts_with("a:8080/x?y |")) << lines[1];
  EXPECT_TRUE(lines[3].starts_with("b/x        |")) << lines[3];
}

TEST_F(Timeline, DrawsAHundredRowsAndCountsTheOthers) {
  for (int i = 0; i < 150; ++i) {
    add("http://a/x", {0, 0, 0, 0, 10});
    const Words lines = draw(80);
    EXPECT_EQ(std::count_if(lines.begin(), lines.end(),
                            [](const std::string& line) {
                              return line.starts_with("/x |");
                            }),
              std::min(i + 1, 100));
  }
  const std::string text = timeline(run_, {});
  EXPECT_NE(text.find("\n    and 50 more fetches\n"), text.npos) << text;
  EXPECT_NE(text.find("sum 1500.00 ms, wall 10.00 ms"), text.npos) << text;
}

TEST_F(Timeline, SaysThatItDoesNotKnowEverything) {
  add("http://a/x", {0, 0, 0, 0, 10}, Outcome::kUnfinished);
  run_.dropped = 7;
  EXPECT_EQ(draw(80).back(),
            "    without the last 7 events: the record is full");
}

TEST(Columns, ShortenATextInTheMiddle) {
  const std::string text = "0123456789";
  EXPECT_EQ(shortened(text, 10), text);
  EXPECT_EQ(shortened(text, 9), "012..6789");
  EXPECT_EQ(shortened(text, 6), "01..89");
  EXPECT_EQ(shortened(text, 3), "..9");
  EXPECT_EQ(shortened(text, 2), "..");
}

TEST(Columns, WrapWordsByTheirWidth) {
  EXPECT_EQ(wrapped({"a", "bb", "ccc"}, "  ", 1, 8), " a  bb\n ccc\n");
  EXPECT_EQ(wrapped({"\xc3\xa9\xc3\xa9", "bb"}, " ", 0, 5),
            "\xc3\xa9\xc3\xa9 bb\n");
  EXPECT_EQ(wrapped({"toolong", "b"}, " ", 0, 3), "toolong\nb\n");
}

}  // namespace
