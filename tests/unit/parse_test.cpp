#include "common/base/parse.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace {

using std::chrono::hours;
using std::chrono::nanoseconds;

TEST(ParseNumber, TakesDigitsAndNothingElse) {
  EXPECT_EQ(parse_number<std::uint16_t>("0"), 0);
  EXPECT_EQ(parse_number<std::uint16_t>("65535"), 65535);
  EXPECT_EQ(parse_number<std::uint64_t>("ffFF", 16), 65535U);
  EXPECT_EQ(parse_number<int>("-7"), -7);
  for (const char* const text :
       {"", " 1", "1 ", "+1", "-1", "0x1", "1.0", "65536", "a"}) {
    EXPECT_EQ(parse_number<std::uint16_t>(text), std::nullopt) << text;
  }
}

TEST(TakeUntil, LeavesTheSeparatorAndTakePastDoesNot) {
  std::string_view rest = "a/b?c";
  EXPECT_EQ(take_until(rest, "?/"), "a");
  EXPECT_EQ(rest, "/b?c");
  EXPECT_EQ(take_past(rest, '/'), "");
  EXPECT_EQ(take_past(rest, '?'), "b");
  EXPECT_EQ(take_past(rest, '?'), "c");
  EXPECT_EQ(rest, "");
  EXPECT_EQ(take_past(rest, '?'), "");
  EXPECT_EQ(take_until(rest, "?"), "");
}

TEST(ParseSeconds, IsExactToTheNanosecond) {
  const struct {
    const char* text;
    std::int64_t nanoseconds;
  } cases[] = {{"0", 0},
               {"0.95", 950'000'000},
               {"30", 30'000'000'000},
               {"0.000000001", 1},
               {"0.0000000019", 1},
               {"1.999999999999", 1'999'999'999},
               {"00012.50", 12'500'000'000},
               {".5", 500'000'000},
               {"5.", 5'000'000'000},
               {"1e3", 1'000'000'000'000},
               {"0.5E2", 50'000'000'000},
               {"1e+0", 1'000'000'000},
               {"25e-3", 25'000'000},
               {"1e-10", 0},
               {"0e999", 0},
               {"0.000", 0}};
  for (const auto& [text, expected] : cases) {
    EXPECT_EQ(parse_seconds(text), nanoseconds(expected)) << text;
  }
}

TEST(ParseSeconds, TakesWhatIsLongerThanAnyRunForTenThousandDays) {
  for (const char* const text : {"864000001", "1e999", "99999999999999999999",
                                 "123456789012345678901e-5", "1e2147483647"}) {
    EXPECT_EQ(parse_seconds(text), nanoseconds(hours(240'000))) << text;
  }
}

TEST(ParseSeconds, RefusesWhatIsNoNumber) {
  for (const char* const text :
       {"",      ".",    "e1",    ".e1", "-1",  "+1",          " 1",
        "1 ",    "1,5",  "1.2.3", "1e",  "1e+", "1e-",         "1e+-1",
        "1e1.5", "0x10", "nan",   "inf", "1s",  "1e9999999999"}) {
    EXPECT_EQ(parse_seconds(text), std::nullopt) << text;
  }
}

}  // namespace
