// The slow server, too, outlives each of its calls and allocations that fails:
// what it can't serve it closes.
#include "common/demo/slow_server.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <iostream>
#include <system_error>

#include "common/http/jobs.h"
#include "common/net/interrupt.h"
#include "tests/hard/faults/failing_calls.h"

namespace {

// Fetches `paths` all together, and returns how many got no answer.
std::uint64_t fetch(const SlowServer& server,
                    const std::vector<std::string>& paths) {
  std::vector<Url> urls;
  for (const std::string& path : paths) {
    urls.emplace_back(server.url(path));
  }
  Jobs::Settings settings;
  settings.timeout = std::chrono::seconds(20);
  Jobs jobs(urls, settings, [](const Job& job) {
    EXPECT_EQ(job.error().find("timed out"), std::string::npos);
  });
  fetch_all(jobs, urls.size());
  EXPECT_EQ(jobs.ended(), jobs.total());
  return jobs.failed();
}

// With one call of the server's thread failing. Returns whether one did.
bool serve_failing(const Failure& failure) {
  begin_failing(failure);
  try {
    const SlowServer server;
    leave_this_thread_alone();
    const std::uint64_t failed =
        fetch(server, {"/x?seconds=0&bytes=3000", "/together/2?wait=0.2",
                       "/together/2?wait=0.2", "/y?seconds=0.001&chunks=3"});
    const bool any = end_failing();
    EXPECT_LE(failed, any ? 4U : 0U);
    // Without a way to wait, or the memory for it, it gives up.
    const bool may_end = failure.call == "epoll_wait" ||
                         failure.call == "poll" ||
                         failure.call == "operator new";
    EXPECT_LE(fetch(server, {"/x?seconds=0"}), may_end ? 1U : 0U);
    return any;
  } catch (const std::exception&) {  // it could not even be made
    return end_failing();
  }
}

TEST(SlowServerFaults, OfEachCallCloseConnectionsAndNoMore) {
  interrupt_descriptor();  // which is opened once, and stays
  int runs = 0;
  for (const FailingCall& call : failing_calls()) {
    for (const int error : call.errors) {
      bool failed = true;
      for (int nth = 1; failed && !testing::Test::HasFailure(); ++nth) {
        SCOPED_TRACE(call.name + " " + std::to_string(nth) + ": " +
                     failure_text({call.name, nth, error}));
        failed = serve_failing({call.name, nth, error});
        ++runs;
      }
    }
  }
  std::cout << runs << " runs\n";
}

TEST(SlowServerFaults, OfAskingForItsAddressAreTheCallers) {
  const SlowServer server;
  begin_failing({"getsockname", 1, ENOBUFS});
  std::string error;
  try {
    server.url("/");
  } catch (const std::system_error& thrown) {
    error = thrown.what();
  }
  EXPECT_TRUE(end_failing());
  EXPECT_EQ(error, "getsockname: " + std::generic_category().message(ENOBUFS));
  EXPECT_EQ(fetch(server, {"/x?seconds=0"}), 0U);
}

}  // namespace
