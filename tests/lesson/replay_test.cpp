// The replay, made anew and opened in a browser: every moment of it holds the
// page's own rules, and the moments that READMEs link to show what they say.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <tuple>

#include "tests/lesson/replay_keys.h"
#include "tests/support/browser.h"
#include "tests/support/patterns.h"
#include "tests/support/places.h"
#include "tests/support/process.h"
#include "tests/support/source_text.h"

namespace {

// The columns at the moment behind the #, opened anew; what isn't ASCII is left
// out.
std::string opened(Browser& browser, const std::string& moment) {
  browser.open("file://" + kBuildDir + "/replay.html#" + moment);
  return browser.value_of(
      "document.querySelector('main').outerHTML.replace(/[^ -~]/g, '')");
}

// Every moment, as the page itself judges it.
void expect_rules_hold() {
  const std::string page =
      run({"/usr/bin/env", "chromium", "--headless", "--no-sandbox",
           "--disable-gpu", "--window-size=1600,900", "--dump-dom",
           "file://" + kBuildDir + "/replay.html#selftest"})
          .out;
  const std::size_t verdict = page.find("id=\"verdict\">");
  ASSERT_NE(verdict, page.npos) << "the page broke";
  EXPECT_EQ(page.find("id=\"verdict\">selftest: "), verdict)
      << page.substr(verdict, 2000);
}

// What stands in the column of `step`.
std::string column(const std::string& page, int step) {
  const std::size_t begin =
      page.find("<section id=\"step" + std::to_string(step) + "\"");
  return begin == page.npos
             ? ""
             : page.substr(begin, page.find("</section>", begin) - begin);
}

void expect_first_resumed(Browser& browser) {
  const std::string page = opened(browser, "wake=bar-2&steps=34");
  for (const auto& [step, first] :
       {std::pair<int, std::string>{3, "Worker"}, {4, "read_response"}}) {
    EXPECT_EQ(
        count(column(page, step), "<span>resumed first</span>" + first + " "),
        1)
        << "step " << step << ":\n"
        << column(page, step);
  }
}

// The functions that the column of `step` says are called at its wake, the
// outermost first.
Lines resumed_on_page(const std::string& page, int step) {
  const std::string text = column(page, step);
  const std::size_t begin = text.find("Who is resumed?");
  Lines names;
  for (const auto& match :
       all_matches(text.substr(begin, text.find("</div>", begin) - begin),
                   "<b class=\"[^\"]*\">([^<]*)</b>")) {
    names.push_back(match[1]);
  }
  return names;
}

// The same as gdb finds it in a program that isn't optimised, when the lesson's
// run of `step` is about to note what comes after the `nth` wake of a fetch.
Lines resumed_in_gdb(int step, int fetch, int nth) {
  const std::string of_fetch = "fetch == " + std::to_string(fetch);
  const Ended ended =
      run({"/usr/bin/env",
           "ASAN_OPTIONS=detect_leaks=0",
           "gdb",
           "-nx",
           "-batch",
           "-ex",
           "set debuginfod enabled off",
           "-ex",
           "break Trace::add if operation == Operation::kWake && " + of_fetch,
           "-ex",
           "ignore 1 " + std::to_string(nth - 1),
           "-ex",
           "run",
           "-ex",
           "tbreak Trace::add if " + of_fetch,
           "-ex",
           "continue",
           "-ex",
           "backtrace -frame-arguments none",
           "--args",
           kPrograms + "step" + std::to_string(step) + "_unoptimised",
           "--trace",
           "/dev/null",
           "--quiet"});
  Lines names;
  for (const std::string& line : split_lines(ended.out)) {
    const Lines frame =
        groups(line,
               "#[0-9]+ +(?:0x[0-9a-f]+ in )?(?:\\(anonymous "
               "namespace\\)::)?([A-Za-z_:]+)[ (].*/step[34]_[a-z]+/[a-z_]+"
               "\\.(?:cpp|h):[0-9]+");
    const bool is_lambda = line.find("operator()") != line.npos;
    if (!frame.empty() && !is_lambda && frame[1] != "fetch_all" &&
        frame[1] != "main") {
      names.insert(names.begin(), replaced(frame[1], "::resume$", ""));
    }
  }
  EXPECT_FALSE(names.empty()) << ended.out << ended.err;
  return names;
}

// The page can't vouch for itself: a debugger has to see the same.
void expect_stacks_as_in_gdb(Browser& browser) {
  const Ended gdb = run({"/bin/sh", "-c", "gdb -batch -ex run true 2>&1"});
  if (gdb.status == 127 || count(gdb.out, "Operation not permitted") > 0) {
    EXPECT_EQ(std::getenv("NOTHING_MAY_BE_MISSING"), nullptr)
        << "gdb is not installed, or may not trace";
    return;
  }
  for (const auto& [moment, fetch, nth] :
       {std::tuple<std::string, int, int>{"foo-1", 1, 1},
        {"bar-2", 2, 2},
        {"bar-3", 2, 3}}) {
    const std::string page = opened(browser, "wake=" + moment + "&steps=34");
    for (const int step : {3, 4}) {
      EXPECT_EQ(resumed_on_page(page, step), resumed_in_gdb(step, fetch, nth))
          << moment << ", step " << step;
    }
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

// --story can't name callers; the target does, in a file.
void expect_callers_in_the_story() {
  for (const auto& [step, calls] :
       {std::pair<std::string, std::string>{
            "step2_callbacks", "Fetch::guarded -> Fetch::readable"},
        {"step3_generators",
         "Future::resolve -> Task::step -> Worker::resume -> Fetch::resume -> "
         "ReadResponse::resume"},
        {"step4_coroutines", "Future::resolve -> read_response"}}) {
    std::ifstream file(kBuildDir + "/" + step + ".story");
    std::ostringstream text;
    text << file.rdbuf();
    EXPECT_GE(count(text.str(),
                    " ms  2 /bar  is woken\n +fetch_all -> EventLoop::run -> " +
                        calls + "\n[^\n]* 2 /bar  receives [1-9]"),
              2)
        << text.str();
  }
}

void expect_linked_moments(Browser& browser) {
  std::size_t links = 0;
  for (const std::string file :
       {"README.md", "step1_blocking/README.md", "step2_callbacks/README.md",
        "step3_generators/README.md", "step4_coroutines/README.md",
        "common/WORKSHOP.md"}) {
    for (const std::string& line : lines_of(file)) {
      for (const auto& match :
           all_matches(line, "#((wake|close)=[a-z]+-[0-9]+[^` )]*)")) {
        EXPECT_GT(count(opened(browser, match[1]),
                        match[2] == "wake"
                            ? "is ready\\. <b>Who is resumed\\?"
                            : "read_response</b> has ended and has resumed "
                              "<b class=\"f[12]\">fetch</b>, its parent"),
                  0)
            << file << ": " << match[0];
        ++links;
      }
    }
  }
  EXPECT_GE(links, 4U);
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
  Browser browser;
  expect_first_resumed(browser);
  expect_keys_reach_everything("file://" + kBuildDir + "/replay.html");
  expect_linked_moments(browser);
  expect_picture();
  expect_stacks_as_in_gdb(browser);
  EXPECT_EQ(browser.complaints(), std::vector<std::string>());
  expect_callers_in_the_story();
}

}  // namespace
