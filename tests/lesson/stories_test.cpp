// The stories of the four programs, told by themselves: steps 2 to 4 do the
// same, and step 1 does it one after the other.
#include <gtest/gtest.h>

#include <string>

#include "tests/support/patterns.h"
#include "tests/support/places.h"
#include "tests/support/process.h"
#include "tests/support/scripted_server.h"

namespace {

class Stories : public testing::Test {
 protected:
  Stories() {
    const std::string response = "HTTP/1.0 200 OK\r\nContent-Length: 4\r\n\r\n";
    server_.on("/foo", Script().send(response + "full"));
    server_.on("/bar", Script().send(response + "cut"));
  }

  // One fetch at a time, so that nothing depends on when what arrives.
  std::string story_of(const std::string& step) const {
    const Ended ended = run({kPrograms + step, "--story", "--untimed", "-c1",
                             server_.url("/foo"), server_.url("/bar")});
    EXPECT_EQ(ended.status, 1) << ended.err;
    return ended.out;
  }

  ScriptedServer server_;
};

TEST_F(Stories, OfSteps2To4AreTheSame) {
  const std::string story = story_of("step2_callbacks");
  EXPECT_EQ(count(story, "1 /foo  ends: it is complete\n"), 1) << story;
  EXPECT_EQ(count(story, "2 /bar  ends: it has failed\n"), 1) << story;
  EXPECT_EQ(count(story, "the thread sleeps; kept: 1 /foo\n1 /foo  is woken\n"),
            2)
      << story;
  EXPECT_EQ(story_of("step3_generators"), story);
  EXPECT_EQ(story_of("step4_coroutines"), story);
}

TEST_F(Stories, AreTimedAndNameLinesIfNothingElseIsSaid) {
  for (const std::string step : {"step1_blocking", "step2_callbacks",
                                 "step3_generators", "step4_coroutines"}) {
    const Ended ended = run({kPrograms + step, "--story", server_.url("/foo")});
    EXPECT_EQ(ended.status, 0) << ended.err;
    EXPECT_EQ(count(ended.out,
                    "[0-9]\\.[0-9]{3} ms  1 /foo  receives 42 bytes +"
                    "fetch\\.cpp:[0-9]+\n"),
              1)
        << ended.out;
    EXPECT_EQ(count(ended.out, "took|200 OK"), 0) << "results, too";
  }
}

TEST_F(Stories, OfTheDemoShowTheStaircaseAndTheOverlap) {
  for (const std::string step : {"step1_blocking", "step2_callbacks",
                                 "step3_generators", "step4_coroutines"}) {
    const std::string story = run({kPrograms + step, "--story"}).out;
    EXPECT_EQ(count(story, "sleeps; kept: 1 /foo at [^,]*, 2 /bar at ") > 0,
              step != "step1_blocking")
        << step << ": does anybody wait beside /foo?\n"
        << story;
  }
}

}  // namespace
