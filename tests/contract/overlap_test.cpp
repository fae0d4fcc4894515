// Whether fetches overlap: the server says so, not a stopwatch. Compiled once
// and linked with each step; in step 1 nothing overlaps.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <atomic>
#include <cerrno>
#include <string_view>
#include <thread>

#include "common/demo/slow_server.h"
#include "common/http/jobs.h"
#include "common/net/interrupt.h"
#include "common/net/socket.h"
#include "tests/program/target.h"
#include "tests/support/places.h"
#include "tests/support/process.h"

// The linker's --wrap hands the system calls of the fetching code over to us.
extern "C" {
// NOLINTBEGIN(bugprone-reserved-identifier): the linker wants these names
int __real_connect(int fd, const sockaddr* address, socklen_t length);
ssize_t __real_recv(int fd, void* data, size_t size, int flags);

thread_local bool refused_at_once = false;  // whatever is connected to
thread_local std::uint16_t never_dry = 0;   // the port of a firehose

int __wrap_connect(int fd, const sockaddr* address, socklen_t length) {
  if (refused_at_once) {
    errno = ECONNREFUSED;
    return -1;
  }
  return __real_connect(fd, address, length);
}

ssize_t __wrap_recv(int fd, void* data, size_t size, int flags) {
  const ssize_t received = __real_recv(fd, data, size, flags);
  if (received != -1 || errno != EAGAIN || never_dry == 0) {
    return received;
  }
  sockaddr_in peer = {};
  socklen_t length = sizeof peer;
  getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &length);
  errno = EAGAIN;
  return ntohs(peer.sin_port) == never_dry ? static_cast<ssize_t>(size) : -1;
}
// NOLINTEND(bugprone-reserved-identifier)
}

namespace {

const bool overlaps = !std::string_view(kStepName).starts_with("step1");

// The most fetches at a time that a test asks for. With poll(2) each event
// costs a look at every socket.
#ifdef USE_POLL
constexpr std::size_t kMany = 500;
#else
constexpr std::size_t kMany = 10000;
#endif

// Fetches `texts`, and tells `ended` of each that has ended. Returns the most
// that were in flight at a time.
std::uint64_t fetch(const std::vector<std::string>& texts,
                    std::size_t concurrency,
                    const std::function<void(const Job&)>& ended,
                    const Jobs::Settings& settings = {}) {
  const std::vector<Url> urls(texts.begin(), texts.end());
  Jobs jobs(urls, settings, ended);
  fetch_all(jobs, concurrency);
  EXPECT_EQ(jobs.ended(), jobs.total());
  return jobs.peak_in_flight();
}

// A path that the server answers when `count` of them wait together. Where
// nothing overlaps there is no point in waiting long for that.
std::string together(int count) {
  return "/together/" + std::to_string(count) +
         (overlaps ? "?wait=30" : "?wait=0.05");
}

TEST(Overlap, IsProvedByAServerThatAnswersTwoTogetherOrNone) {
  const SlowServer server;
  fetch({server.url(together(2)), server.url(together(2))}, 2,
        [](const Job& job) {
          EXPECT_EQ(job.error(), "");
          EXPECT_EQ(job.response.status(), overlaps ? 200 : 503);
        });
}

TEST(Overlap, IsOfAsManyFetchesAsAllowedAndNoMore) {
  for (const int count : {1, 3, 20}) {
    const SlowServer server;
    const std::vector<std::string> urls(
        static_cast<std::size_t>(3 * count),
        server.url(together(overlaps ? count : 1)));
    const auto concurrency = static_cast<std::size_t>(count);
    const std::uint64_t peak = fetch(urls, concurrency, [](const Job& job) {
      EXPECT_EQ(job.response.status(), 200) << job.error();
    });
    EXPECT_EQ(peak, overlaps ? concurrency : 1);
    EXPECT_EQ(server.peak_in_flight(), overlaps ? concurrency : 1);
  }
}

// Raises the soft limit on open files, for us and for those whom we start, and
// returns whether `wanted` fit.
bool can_open(rlim_t wanted) {
  rlimit limit = {};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_max >= wanted;
}

TEST(Overlap, IsOfThousandsOfFetchesInOneThread) {
  if (!overlaps) {
    GTEST_SKIP() << "each would take two seconds";
  }
  if (!can_open(kMany + 100)) {
    GTEST_SKIP() << "the limit on open files forbids it";
  }
  // A process of its own: it has as many sockets open as we have.
  Process server({kPrograms + "slow_server"});
  const std::string url = server.read_line() + "x?seconds=2&bytes=100&chunks=1";
  std::size_t good = 0;
  Jobs::Settings settings;
  settings.repeat = kMany;
  settings.timeout = std::chrono::seconds(60);
  const std::thread::id ours = std::this_thread::get_id();
  const std::uint64_t peak = fetch(
      {url}, kMany,
      [&](const Job& job) {
        EXPECT_EQ(job.error(), "");
        EXPECT_EQ(std::this_thread::get_id(), ours);
        good += job.response.status() == 200 && job.response.bytes() == 100;
      },
      settings);
  EXPECT_EQ(good, kMany);
  EXPECT_EQ(peak, kMany);
}

// Sends one response as fast as its client takes it, until it is told that it
// was enough.
class Firehose {
 public:
  Firehose() : thread_([this] { run(); }) {}
  ~Firehose() {
    enough();
    thread_.join();
  }

  std::uint16_t port() const { return bound_address(listener_).port(); }
  void enough() { enough_ = true; }

 private:
  static void wait(const Descriptor& descriptor, short events) {
    pollfd polled = {descriptor.fd(), events, 0};
    poll(&polled, 1, -1);
  }

  void run() try {
    wait(listener_, POLLIN);
    Socket socket = accept_from(listener_).value();
    wait(socket, POLLIN);
    socket.recv();  // the request, which is one segment
    socket.send("HTTP/1.0 200 OK\r\n\r\n");
    const std::string water(65536, '~');
    while (!enough_) {
      wait(socket, POLLOUT);
      socket.send(water);
    }
  } catch (const FetchError&) {
    // The client has had enough: its result says so.
  }

  const Descriptor listener_ = listen_on_loopback();
  std::atomic<bool> enough_ = false;
  std::thread thread_;
};

TEST(Overlap, LeavesNobodyStarvedBesideAFirehose) {
  if (!overlaps) {
    GTEST_SKIP() << "nothing runs beside it";
  }
  constexpr std::size_t kSmall = 50;
  const SlowServer server;
  Firehose firehose;
  std::vector<std::string> urls(kSmall + 1,
                                server.url("/small?bytes=5000&seconds=0"));
  urls.front() = "http://127.0.0.1:" + std::to_string(firehose.port()) + "/";
  never_dry = firehose.port();
  std::vector<std::uint64_t> order;  // numbers of those that have ended
  fetch(urls, urls.size(), [&](const Job& job) {
    EXPECT_EQ(job.error(), "") << job.url.text();
    order.push_back(job.number);
    if (order.size() == kSmall) {
      // The firehose flows until the others have ended. If it starves them, it
      // flows until its fetch has failed: the body is too large.
      firehose.enough();
    }
  });
  never_dry = 0;
  EXPECT_EQ(order.back(), 1U) << "a small fetch was starved";
}

// Runs `act` in a thread with a small stack.
void with_small_stack(void (*act)()) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 256 * 1024);
  const auto enter = [](void* argument) -> void* {
    (*static_cast<void (**)()>(argument))();
    return nullptr;
  };
  pthread_t thread;
  ASSERT_EQ(pthread_create(&thread, &attributes, enter, &act), 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
}

// If each began the next, they would stand on the stack one above the other.
TEST(Overlap, OfFetchesThatEndAtOnceDoesNotGrowTheStack) {
  with_small_stack([] {
    constexpr std::uint64_t kFetches = 100000;
    refused_at_once = true;
    Jobs::Settings settings;
    settings.repeat = kFetches;
    std::uint64_t refused = 0;
    fetch(
        {"http://127.0.0.1:1/"}, 4,
        [&refused](const Job& job) {
          refused += job.error() == "connect: connection refused";
        },
        settings);
    EXPECT_EQ(refused, kFetches);
  });
}

}  // namespace
