// The replay, made anew and opened in a browser: every moment of it holds the
// page's own rules, and the moments that READMEs link to show what they say.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "tests/support/patterns.h"
#include "tests/support/places.h"
#include "tests/support/process.h"
#include "tests/support/source_text.h"

namespace {

// The page as the browser has it, at the moment behind the #.
std::string opened(const std::string& moment) {
  return run({"/usr/bin/env", "chromium", "--headless", "--no-sandbox",
              "--disable-gpu", "--window-size=1600,900", "--dump-dom",
              "file://" + kBuildDir + "/replay.html#" + moment})
      .out;
}

// What stands in the column of `step`.
std::string column(const std::string& page, int step) {
  const std::size_t begin =
      page.find("<section id=\"step" + std::to_string(step) + "\"");
  return begin == page.npos
             ? ""
             : page.substr(begin, page.find("</section>", begin) - begin);
}

void expect_rules_hold() {
  const std::string page = opened("selftest");
  const std::size_t verdict = page.find("id=\"verdict\">");
  ASSERT_NE(verdict, page.npos) << "the page broke";
  EXPECT_EQ(page.find("id=\"verdict\">selftest: "), verdict)
      << page.substr(verdict, 2000);
}

void expect_first_resumed() {
  const std::string page = opened("wake=bar-2&steps=34");
  for (const auto& [step, first] :
       {std::pair<int, std::string>{3, "Worker"}, {4, "read_response"}}) {
    EXPECT_EQ(
        count(column(page, step), "<span>resumed first</span>" + first + " "),
        1)
        << "step " << step << ":\n"
        << column(page, step);
  }
}

// The picture in step 4's README is that of today's run.
void expect_picture() {
  if (run({"/usr/bin/cmp", kBuildDir + "/receive.svg",
           kSourceDir + "/step4_coroutines/receive.svg"})
          .status != 0) {
    ADD_FAILURE() << "step4_coroutines/receive.svg is not what is recorded: "
                     "copy receive.svg from the build folder";
  }
}

void expect_linked_moments() {
  std::size_t links = 0;
  for (const std::string file :
       {"README.md", "step1_blocking/README.md", "step2_callbacks/README.md",
        "step3_generators/README.md", "step4_coroutines/README.md",
        "common/WORKSHOP.md"}) {
    for (const std::string& line : lines_of(file)) {
      for (const auto& match :
           all_matches(line, "replay\\.html#(wake=[a-z]+-[0-9]+[^` )]*)")) {
        EXPECT_GT(count(opened(match[1]), "is ready\\. <b>Who is resumed\\?"),
                  0)
            << file << ": " << match[0];
        ++links;
      }
    }
  }
  EXPECT_GE(links, 3U);
}

// One test, since there is one page, and two at a time would record at the same
// time.
TEST(Replay, HoldsItsRulesAndShowsWhatIsSaidOfIt) {
  const Ended made = run(
      {"/usr/bin/env", "cmake", "--build", kBuildDir, "--target", "replay"});
  const bool possible = count(made.out + made.err, "The replay needs") == 0;
  if (!possible || run({"/bin/sh", "-c", "command -v chromium"}).status != 0) {
    ASSERT_TRUE(!possible || std::getenv("NOTHING_MAY_BE_MISSING") == nullptr)
        << "chromium is not installed";
    GTEST_SKIP() << "there is no replay on this system, or no chromium";
  }
  ASSERT_EQ(made.status, 0) << made.out << made.err;
  expect_rules_hold();
  expect_first_resumed();
  expect_linked_moments();
  expect_picture();
}

}  // namespace
