// What a fetch costs that doesn't vary: system calls and allocations. The rest
// of the cost is in tests/measure/bench. Compiled once and linked with each
// step.
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "common/base/recycled.h"
#include "common/http/jobs.h"
#include "tests/hard/faults/failing_calls.h"
#include "tests/support/scripted_server.h"

namespace {

using Counts = std::map<std::string, int>;  // of calls, by name

class Costs : public testing::Test {
 protected:
  Costs() {
    // In one piece, so that one recv takes it all.
    server_.on("/", Script().send("HTTP/1.1 200 OK\r\nServer: scripted\r\n"
                                  "Content-Length: 1024\r\n\r\n" +
                                  std::string(1024, '.')));
    urls_.emplace_back(server_.url("/"));
    Jobs jobs(urls_, {}, [](const Job&) {});
    fetch_all(jobs, 1);  // now the server's thread is there, and isn't counted
  }

  // All that this many fetches call, one after the other.
  Counts calls_of(std::uint64_t fetches) {
    Jobs::Settings settings;
    settings.repeat = fetches;
    Jobs jobs(urls_, settings, [](const Job& job) {
      EXPECT_TRUE(job.response.complete()) << job.error();
    });
    begin_failing({});  // none of them fails
    fetch_all(jobs, 1);
    end_failing();
    EXPECT_EQ(jobs.ended(), fetches);
    Counts counts;
    for (const FailingCall& call : failing_calls()) {
      counts[call.name] = times_called(call.name);
    }
    return counts;
  }

  // Those of many fetches less those of few, so that beginning and ending the
  // run don't count.
  Counts calls_of_the_next(int fetches) {
    Counts few = calls_of(10);
    Counts many = calls_of(10 + static_cast<std::uint64_t>(fetches));
    for (auto& [name, count] : many) {
      count -= few[name];
    }
    return many;
  }

 private:
  ScriptedServer server_;
  std::vector<Url> urls_;
};

TEST_F(Costs, AFetchMakesNoSystemCallMoreThanItNeeds) {
  constexpr int kFetches = 100;
  Counts calls = calls_of_the_next(kFetches);
  const std::string waits = calls["epoll_wait"] > 0 ? "epoll_wait" : "poll";
  const bool epoll = waits == "epoll_wait";
  // To connect, and to receive. With many at a time one epoll_wait serves many.
  Counts needed = {{waits, 2},
                   {"socket", 1},
                   {"connect", 1},
                   {"send", 1},
                   {"recv", 1},
                   {"close", 1},
                   {"epoll_ctl", epoll ? 2 : 0}};
  // Step 1 has nobody who would tell it that it is connected.
  needed["getsockopt"] = !epoll && calls["getsockopt"] > 0 ? 1 : 0;
  for (const auto& [name, count] : calls) {
    if (name != "operator new") {
      EXPECT_EQ(count, needed[name] * kFetches)
          << "calls of " << name << " in " << kFetches << " fetches";
    }
  }
}

TEST_F(Costs, AFetchAllocatesNothing) {
  struct Object : Recycled {};
  const Object* const first = new Object;
  delete first;
  const Object* const second = new Object;
  delete second;
  if (first != second) {
    GTEST_SKIP() << "under AddressSanitizer nothing is recycled";
  }
  constexpr int kFetches = 100;
  // The loop's tables grow when the server's thread takes the lowest descriptor
  // numbers, which is seldom, while what a fetch allocates is always there.
  int allocations = 1;
  for (int tries = 0; tries < 20 && allocations > 0; ++tries) {
    allocations = calls_of_the_next(kFetches)["operator new"];
  }
  EXPECT_LE(allocations, 0) << "in " << kFetches << " fetches";
}

}  // namespace
