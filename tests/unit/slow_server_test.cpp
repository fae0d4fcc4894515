#include "common/demo/slow_server.h"

#include <gtest/gtest.h>
#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <map>
#include <optional>
#include <regex>
#include <string>
#include <vector>

#include "common/demo/slow_plan.h"

namespace {

using namespace std::chrono_literals;

std::atomic<int> accepts = 0;
std::atomic<int> accepted = -1;  // the last descriptor

}  // namespace

// The linker prefers this one, which counts, to that of the C library.
extern "C" int accept4(int fd, sockaddr* address, socklen_t* length,
                       int flags) {
  ++accepts;
  const int result =
      static_cast<int>(syscall(SYS_accept4, fd, address, length, flags));
  if (result != -1) {
    accepted = result;
  }
  return result;
}

namespace {

// A client that blocks, but not for good.
class Client {
 public:
  Client() : socket_(socket(AF_INET, SOCK_STREAM, 0), Phase::kConnect) {
    const timeval limit = {20, 0};
    setsockopt(fd(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  }
  Client(const SlowServer& server, const std::string& request) : Client() {
    ask(server, request);
  }
  void ask(const SlowServer& server, const std::string& request) {
    const Address to = server.address();
    ASSERT_EQ(connect(fd(), to.data(), to.length()), 0);
    ASSERT_EQ(send(fd(), request.data(), request.size(), 0),
              static_cast<ssize_t>(request.size()));
  }

  // All that comes until the server closes the connection, or resets it.
  std::string answer() {
    std::string all;
    std::array<char, 65536> buffer;
    ssize_t count;
    while ((count = recv(fd(), buffer.data(), buffer.size(), 0)) > 0) {
      all.append(buffer.data(), static_cast<std::size_t>(count));
    }
    EXPECT_TRUE(count == 0 || errno == ECONNRESET);
    return all;
  }
  bool answers_within(int milliseconds) const {
    pollfd polled = {fd(), POLLIN, 0};
    return poll(&polled, 1, milliseconds) == 1;
  }
  int fd() const { return socket_.fd(); }

 private:
  Descriptor socket_;
};

std::string request_for(const std::string& path) {
  return "GET " + path + " HTTP/1.0\r\nHost: x\r\n\r\n";
}

std::string get(const SlowServer& server, const std::string& path) {
  return Client(server, request_for(path)).answer();
}

// Whether `condition` comes true, and it has a long time to do so.
template <typename Condition>
bool eventually(Condition condition) {
  const Deadline deadline = Clock::now() + 20s;
  while (!condition() && Clock::now() < deadline) {
    std::this_thread::yield();
  }
  return condition();
}

std::string ok(std::size_t bytes) {
  std::string all =
      "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " +
      std::to_string(bytes) + "\r\nConnection: close\r\n\r\n";
  for (std::size_t i = 0; i + 1 < bytes; ++i) {
    all += "Hello, I am a slow server "[i % 26];
  }
  return bytes == 0 ? all : all + '\n';
}

TEST(SlowServer, DribblesTheGreetingOfTheOriginal) {
  const SlowServer server;
  const Clock::time_point start = Clock::now();
  EXPECT_EQ(get(server, "/foo"), ok(52001));
  EXPECT_GE(Clock::now() - start, 950ms);
}

TEST(SlowServer, SendsAsManyBytesInAsManyChunksAsItIsAskedFor) {
  const SlowServer server;
  for (const std::size_t bytes : {0u, 1u, 2u, 26u, 27u, 53u, 2000u, 70001u}) {
    const std::string path = "/x?seconds=0&bytes=" + std::to_string(bytes);
    EXPECT_EQ(get(server, path), ok(bytes));
    for (const char* const chunks : {"1", "2", "7", "100"}) {
      EXPECT_EQ(get(server, path + "&chunks=" + chunks), ok(bytes)) << chunks;
    }
  }
  EXPECT_EQ(get(server, "/x?seconds=0&bytes=3000000"), ok(3000000));
}

TEST(SlowPlan, SaysWhenEachChunkComesAndHowLargeItIs) {
  const SlowPlan plan = SlowPlan::of("GET /x?seconds=3&bytes=10&chunks=4 \n\n");
  const std::uint64_t head = plan.bytes_until(0);
  EXPECT_EQ(plan.chunks(), 4u);
  EXPECT_EQ(plan.time(1), 750ms);
  EXPECT_EQ(plan.time(4), 3s);
  EXPECT_EQ(plan.bytes_until(1), head + 2);
  EXPECT_EQ(plan.bytes_until(4), head + 10);
  const SlowPlan foo = SlowPlan::of("GET /foo HTTP/1.0\r\n\r\n");
  EXPECT_EQ(foo.chunks(), 27u);
  EXPECT_EQ(foo.time(27), 950ms);
  EXPECT_EQ(foo.bytes_until(1) - foo.bytes_until(0), 2000u);
  EXPECT_EQ(foo.bytes_until(27) - foo.bytes_until(26), 1u);
  const SlowPlan together = SlowPlan::of("GET /together/9?wait=2 \n");
  EXPECT_EQ(together.together(), 9u);
  EXPECT_EQ(together.time(together.chunks()), 2s);
}

TEST(SlowServer, WhatItDoesNotUnderstandItAnswersWith400) {
  const SlowServer server;
  for (const auto& [path, reason] : {
           std::pair("/x?seconds=", "bad seconds"),
           std::pair("/x?seconds=nan", "bad seconds"),
           std::pair("/x?seconds=-1", "bad seconds"),
           std::pair("/x?bytes=1x", "bad bytes"),
           std::pair("/x?bytes=99999999999999999999", "bad bytes"),
           std::pair("/x?seconds=1&chunks=0", "bad chunks"),
           std::pair("/x?wait=1", "unknown parameter wait"),
           std::pair("/x?\x1b=1", "unknown parameter \\x1b"),
           std::pair("/together/0", "bad number to wait for"),
           std::pair("/together/2?bytes=1", "unknown parameter bytes"),
           std::pair("/site/?bytes=1", "unknown parameter bytes"),
           std::pair("/site/?wait=1", "unknown parameter wait"),
       }) {
    const std::string answer = get(server, path);
    EXPECT_TRUE(answer.starts_with("HTTP/1.0 400 Bad Request\r\n")) << path;
    EXPECT_TRUE(answer.ends_with(std::string("\r\n\r\n") + reason + "\n"))
        << answer;
  }
  EXPECT_TRUE(Client(server, "POST / HTTP/1.0\n\n")
                  .answer()
                  .ends_with("\r\n\r\nonly GET is served\n"));
}

TEST(SlowServer, AnswersTogetherOnlyThoseWhoAreThereTogether) {
  const SlowServer server;
  const auto status = [](std::string answer) { return answer.substr(9, 3); };
  EXPECT_EQ(status(get(server, "/together/2?wait=0.05")), "503");
  const std::string request = request_for("/together/2?wait=60");
  {
    const Client gone(server, request);
    ASSERT_TRUE(eventually([&] { return server.in_flight() == 1; }));
  }
  ASSERT_TRUE(eventually([&] { return server.in_flight() == 0; }));
  Client first(server, request);
  EXPECT_FALSE(first.answers_within(20));
  Client second(server, request);
  EXPECT_EQ(status(first.answer()), "200");
  EXPECT_EQ(status(second.answer()), "200");
  EXPECT_EQ(status(get(server, "/together/1?wait=60")), "200");
}

// Gets `path`, and what it leads to, and so on; each once. What has come, by
// the status.
void crawl(const SlowServer& server, const std::string& path,
           std::map<std::string, std::string>& statuses) {
  if (!statuses.emplace(path, "").second) {
    return;
  }
  const std::string answer = get(server, path + "?seconds=0");
  statuses[path] = answer.substr(9, answer.find('\r') - 9);
  const std::regex link("(?:href=\"|Location: )([^\"\r]+)");
  for (std::sregex_iterator each(answer.begin(), answer.end(), link), end;
       each != end; ++each) {
    crawl(server, each->str(1), statuses);
  }
}

TEST(SlowServer, HasASmallSiteInWhichAllIsLinked) {
  const SlowServer server;
  std::map<std::string, std::string> statuses;
  crawl(server, "/site/", statuses);
  EXPECT_EQ(statuses.size(), 10u);
  EXPECT_EQ(statuses["/site/moved"], "301 Moved Permanently");
  EXPECT_EQ(statuses["/site/gone"], "404 Not Found");
  EXPECT_EQ(statuses["/site/a/new"], "200 OK");
  const Clock::time_point start = Clock::now();
  const std::string page = get(server, "/site/moved");
  EXPECT_GE(Clock::now() - start, 50ms);
  EXPECT_TRUE(
      page.ends_with("\r\nContent-Type: text/html\r\nLocation: /site/a/new\r\n"
                     "Content-Length: 75\r\nConnection: close\r\n\r\n"
                     "<title>301 Moved Permanently</title>\n"
                     "<a href=\"/site/a/new\">/site/a/new</a>\n"))
      << page;
}

// Whether the server, of this process, has read all that the client whom it
// accepted last has sent.
bool has_read_all(const Client& client) {
  int on_the_way = 0;
  int arrived = 0;
  return accepted != -1 && ioctl(client.fd(), SIOCOUTQ, &on_the_way) == 0 &&
         on_the_way == 0 && ioctl(accepted, SIOCINQ, &arrived) == 0 &&
         arrived == 0;
}

TEST(SlowServer, TakesNoNoticeOfWhatComesAfterTheRequest) {
  const SlowServer server;
  std::vector<Client> clients;
  for (const char* const path :
       {"/together/2?wait=1", "/x?seconds=1&bytes=27&chunks=1"}) {
    Client& client = clients.emplace_back(server, request_for(path));
    ASSERT_TRUE(
        eventually([&] { return server.in_flight() == clients.size(); }));
    for (int times = 0; times < 2; ++times) {
      ASSERT_EQ(send(client.fd(), "more", 4, 0), 4);
      // Else it closed what it hasn't read, and the answer would be lost.
      ASSERT_TRUE(eventually([&] { return has_read_all(client); }));
    }
  }
  EXPECT_TRUE(clients[0].answer().starts_with("HTTP/1.0 503 "));
  EXPECT_EQ(clients[1].answer(), ok(27));
}

TEST(SlowServer, ReadsARequestOf128KiBThatHasNoEndAndNoMore) {
  const SlowServer server;
  std::string request = "GET /x?seconds=0&bytes=27 HTTP/1.0\r\nX: ";
  request.resize(128 * 1024, 'x');
  accepted = -1;
  Client long_one(server, request);
  ASSERT_TRUE(eventually([&] { return has_read_all(long_one); }));
  Client too_long(server, request + 'x');
  EXPECT_EQ(too_long.answer(), "");
  ASSERT_EQ(send(long_one.fd(), "\n\n", 2, 0), 2);
  EXPECT_EQ(long_one.answer(), ok(27));
}

// What a connection can be busy with, for longer than a test takes.
const std::vector<std::string> kRequests = {
    request_for("/together/99?wait=3600"), request_for("/x?seconds=3600"),
    request_for("/x?seconds=0&bytes=1000000000&chunks=1")};

TEST(SlowServer, ForgetsAClientThatVanishes) {
  const SlowServer server;
  for (const std::string& request : kRequests) {
    {
      const Client client(server, request);
      ASSERT_TRUE(eventually([&] { return server.in_flight() == 1; }));
    }
    EXPECT_TRUE(eventually([&] { return server.in_flight() == 0; })) << request;
  }
  Client half_closed(server, kRequests[1]);
  ASSERT_TRUE(eventually([&] { return server.in_flight() == 1; }));
  shutdown(half_closed.fd(), SHUT_WR);
  EXPECT_EQ(half_closed.answer(), "");
  EXPECT_EQ(server.in_flight(), 0u);
  EXPECT_EQ(server.peak_in_flight(), 1u);
}

TEST(SlowServer, StopsInTheMiddleOfEverything) {
  std::optional<SlowServer> server(std::in_place);
  std::vector<Client> clients;
  clients.emplace_back(*server, "GET / HT");
  for (const std::string& request : kRequests) {
    clients.emplace_back(*server, request);
  }
  ASSERT_TRUE(eventually([&] { return server->peak_in_flight() == 3; }));
  ASSERT_TRUE(clients.back().answers_within(20'000));
  server.reset();
  for (Client& client : clients) {
    client.answer();
  }
}

void limit_open_files(int files) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = std::min(static_cast<rlim_t>(files), limit.rlim_max);
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

TEST(SlowServer, HoldsFiveHundredConnectionsAtOnce) {
  limit_open_files(2000);
  const SlowServer server;
  std::vector<Client> clients;
  for (int i = 0; i < 500; ++i) {
    clients.emplace_back(server, request_for("/together/500?wait=60"));
  }
  for (Client& client : clients) {
    EXPECT_TRUE(client.answer().starts_with("HTTP/1.0 200 OK\r\n"));
  }
  EXPECT_EQ(server.peak_in_flight(), 500u);
  EXPECT_EQ(server.in_flight(), 0u);
}

TEST(SlowServer, OutOfDescriptorsItWaitsForBetterTimes) {
  const SlowServer server;
  get(server, "/x?seconds=0");  // it has begun
  std::array<Client, 3> clients;
  limit_open_files(clients.back().fd() + 1);
  for (Client& client : clients) {
    client.ask(server, request_for("/x?seconds=0&bytes=27"));
  }
  accepts = 0;
  EXPECT_FALSE(clients[0].answers_within(300));
  EXPECT_LT(accepts, 30) << "it spins";
  limit_open_files(2000);
  for (Client& client : clients) {
    EXPECT_EQ(client.answer(), ok(27));
  }
}

TEST(SlowServerDeathTest, WithTooFewDescriptorsItThrowsAndNoMore) {
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  constexpr int kThrew = 77;
  std::string outcomes;
  for (int few = 0; few < 8; ++few) {
    const auto threw_or_not = [&outcomes](int status) {
      const bool threw = testing::ExitedWithCode(kThrew)(status);
      outcomes += threw ? 't' : '-';
      return threw || testing::ExitedWithCode(0)(status);
    };
    EXPECT_EXIT(
        {
          const int next = dup(0);
          close(next);
          limit_open_files(next + few);
          try {
            const SlowServer server;
          } catch (const std::exception&) {
            std::_Exit(kThrew);
          }
          std::_Exit(0);
        },
        threw_or_not, "");
  }
  // A listener, what the selector needs, and what stops the thread.
  const std::size_t enough = outcomes.find('-');
  EXPECT_TRUE(enough >= 2 && enough <= 5) << outcomes;
  EXPECT_EQ(outcomes.find('t', enough), outcomes.npos) << outcomes;
}

}  // namespace
