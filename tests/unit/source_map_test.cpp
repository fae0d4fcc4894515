#include "common/replay/source_map.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/replay/recorded_run.h"

namespace {

using Lines = std::vector<std::string>;

// "name begin-end" of each function, with a star if it is a callback.
Lines functions_in(const Lines& lines) {
  Lines found;
  for (const SourceFunction& function : functions_of(lines)) {
    found.push_back(function.name + " " + std::to_string(function.begin) + "-" +
                    std::to_string(function.end) +
                    (function.callback ? "*" : ""));
  }
  return found;
}

TEST(SourceMap, FindsFunctionsWithABody) {
  EXPECT_EQ(functions_in({"#include <a>",                      // 1
                          "// f() { in a comment",             // 2
                          "Task<> look_up(EventLoop& loop,",   // 3
                          "               const Job& job) {",  // 4
                          "  if (x) {",                        // 5
                          "  }",                               // 6
                          "}",                                 // 7
                          "void declared(int);",               // 8
                          "void EventLoop::run() {",           // 9
                          "}"}),                               // 10
            (Lines{"look_up 3-7", "EventLoop::run 9-10"}));
}

TEST(SourceMap, FindsMembersByTheNameOfTheirClass) {
  EXPECT_EQ(functions_in({"class Fetch : public Generator {",            // 1
                          " public:",                                    // 2
                          "  explicit Fetch(Job& job)",                  // 3
                          "      : job_(job) {}",                        // 4
                          "  Future* resume() override {",               // 5
                          "    switch (at_) {",                          // 6
                          "    }",                                       // 7
                          "  }",                                         // 8
                          "  void readable(const FetchError* error) {",  // 9
                          "  }",                                         // 10
                          "  int at() const { return 1; }",              // 11
                          "};",                                          // 12
                          "void after() {",                              // 13
                          "}"}),                                         // 14
            (Lines{"Fetch::Fetch 3-4", "Fetch::resume 5-8",
                   "Fetch::readable 9-10*", "Fetch::at 11-11", "after 13-14"}));
}

TEST(SourceMap, NamesAFunctionAsStep1Does) {
  EXPECT_EQ(snake_case("ReadResponse"), "read_response");
  EXPECT_EQ(snake_case("Fetch"), "fetch");
}

std::vector<Place> chain(const Lines& functions) {
  std::vector<Place> places;
  for (const std::string& function : functions) {
    places.push_back({function, "fetch.cpp", 1});
  }
  return places;
}

// What runs is the end of the chain, from the first that is on the stack.
TEST(RecordedRun, FollowsAChainThroughWhatIsOnTheStack) {
  // Step 3 resumes all, from the outermost.
  EXPECT_EQ(chain_after(chain({"Worker", "Fetch", "ConnectAny"}),
                        chain({"Worker", "Fetch", "SendAll"})),
            chain({"Worker", "Fetch", "SendAll"}));
  // Step 4 resumes the innermost.
  EXPECT_EQ(chain_after(chain({"worker", "fetch", "read_response"}),
                        chain({"read_response"})),
            chain({"worker", "fetch", "read_response"}));
  // A child has ended: its parent runs in its place, and calls the next one.
  EXPECT_EQ(chain_after(chain({"worker", "fetch", "connect_any"}),
                        chain({"fetch", "send_all"})),
            chain({"worker", "fetch", "send_all"}));
  EXPECT_EQ(chain_after({}, chain({"worker"})), chain({"worker"}));
}

}  // namespace
