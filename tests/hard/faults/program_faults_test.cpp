// Every call and every allocation of a whole run of the program fails once: it
// ends with an error and a status that says so, and leaves no part of a file.
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <iostream>
#include <system_error>

#include "tests/hard/faults/forked_program.h"
#include "tests/support/scripted_server.h"
#include "tests/support/temporary_directory.h"

namespace {

const std::string kBody = "a body";

class ProgramFaults : public testing::Test {
 protected:
  ProgramFaults() {
    server_.on("/a", Script().send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n" +
                                   ("\r\n" + kBody)));
    server_.on("/b", Script().send("HTTP/1.1 200 OK\r\n\r\n" + kBody));
    const std::string port = ":" + std::to_string(server_.port());
    arguments_ = {"-o",
                  bodies_.path(),
                  "-c2",
                  "--json",
                  "http://localhost" + port + "/a",
                  server_.url("/b")};
  }

  // Runs the program with one call failing.
  Ended run_failing(const Failure& failure) const {
    return ForkedProgram(arguments_, failure).wait();
  }

  void check(const Ended& ended) {
    const bool good = ended.status == 0;
    EXPECT_TRUE(good || ended.status == 1 || ended.status == 2) << ended.status;
    // A record that is cut short is not an error, but it is told.
    const std::string cut = "step: warning: the trace file lacks ";
    EXPECT_TRUE(ended.err.empty() == good || ended.err.starts_with(cut))
        << ended.err;
    EXPECT_TRUE(!good || bodies_.names().size() == 2) << ended.out;
    for (const std::string& name : bodies_.names()) {
      EXPECT_EQ(bodies_.content(name), kBody) << name;
      std::filesystem::remove(bodies_.path(name));
    }
  }

  void fail_each_allocation() {
    run_failing({});
    check({0, "", ""});
    const int allocations = times_called("operator new");
    std::cout << allocations << " allocations\n";
    for (const bool ever_after : {false, true}) {
      for (int nth = 1; nth <= allocations && !HasFailure(); ++nth) {
        SCOPED_TRACE(std::to_string(nth) + (ever_after ? " and after" : ""));
        const Ended ended = run_failing({"operator new", nth, 0, ever_after});
        SCOPED_TRACE(ended.out + ended.err);
        check(ended);
      }
    }
  }

  ScriptedServer server_;
  const TemporaryDirectory bodies_;
  std::vector<std::string> arguments_;
};

TEST_F(ProgramFaults, OfEachAllocationEndItWithAnError) {
  fail_each_allocation();
}

TEST_F(ProgramFaults, OfEachAllocationOfARunThatIsRecordedDoSoToo) {
  const TemporaryDirectory traces;
  arguments_.insert(arguments_.end(),
                    {"--timeline", "--trace", traces.path("trace")});
  std::erase(arguments_, "--json");
  fail_each_allocation();
}

TEST_F(ProgramFaults, OfEachCallEndItWithAnErrorThatNamesTheCause) {
  int runs = 0;
  for (const FailingCall& call : failing_calls()) {
    if (call.name == "operator new") {
      continue;
    }
    run_failing({});
    check({0, "", ""});
    const int calls = times_called(call.name);
    for (const int error : call.errors) {
      for (int nth = 1; nth <= calls && !HasFailure(); ++nth, ++runs) {
        const Failure failure = {call.name, nth, error};
        const Ended ended = run_failing(failure);
        SCOPED_TRACE(call.name + " " + std::to_string(nth) + ": " +
                     failure_text(failure) + "\n" + ended.out + ended.err);
        check(ended);
        if (std::count(call.harmless.begin(), call.harmless.end(), error) > 0) {
          EXPECT_EQ(ended.status, 0);
        }
        EXPECT_TRUE(ended.status == 0 ||
                    ended.err.find(failure_text(failure).substr(1)) !=
                        ended.err.npos);
      }
    }
  }
  std::cout << runs << " runs\n";
}

TEST_F(ProgramFaults, OfWhatCtrlCNeedsAreNotCalledANameLookup) {
  int runs = 0;
  for (const std::string call : {"eventfd", "pipe"}) {  // one of the two
    const Ended ended = run_failing({call, 1, EMFILE});
    if (has_failed()) {
      ++runs;
      EXPECT_EQ(ended.status, 1);
      EXPECT_EQ(ended.err, "step: " + call + ": " +
                               std::generic_category().message(EMFILE) + "\n");
    }
  }
  EXPECT_EQ(runs, 1);
}

}  // namespace
