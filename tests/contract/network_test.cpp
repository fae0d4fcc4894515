// What a network does to a connection: part of the bytes, another address, no
// answer at all.
#include <gtest/gtest.h>
#include <netdb.h>

#include "common/net/lookup.h"
#include "common/net/socket.h"
#include "tests/contract/contract.h"
#include "tests/support/scripted_names.h"

namespace {

const std::string kRefused = "connect: connection refused";

// Long enough to fill any small buffers on the way.
const std::string kLongPath = "/" + std::string(60000, 'x');

Jobs::Settings time_limit(double seconds) {
  Jobs::Settings settings;
  settings.timeout = std::chrono::nanoseconds(static_cast<long>(seconds * 1e9));
  return settings;
}

TEST(Network, TakesTheRequestInPiecesAndTheServerGetsItWhole) {
  ScriptedServer server(1);
  server.on_connection(Script().until("no more fits"));
  server.on(kLongPath, kGood);
  const SmallSendBuffers small([&server] { server.open("no more fits"); });
  EXPECT_EQ(fetch_one(server.url(kLongPath)).verdict(), kGoodVerdict);
  ASSERT_EQ(server.requests().size(), 1U);
  EXPECT_TRUE(server.requests()[0] == Url(server.url(kLongPath)).request());
}

TEST(Network, ResetsAConnectionThatIsStillSending) {
  ScriptedServer server(1);
  server.on_connection(Script().until("no more fits").reset());
  const SmallSendBuffers small([&server] { server.open("no more fits"); });
  EXPECT_EQ(fetch_one(server.url(kLongPath)).verdict(),
            "send: connection reset by peer");
}

TEST(Network, IsTriedAddressByAddressUntilOneConnects) {
  ScriptedServer server;
  server.on("/", kGood);
  const Descriptor refusing = refusing_port("127.0.0.2", server.port());
  const Descriptor refusing_too = refusing_port("127.0.0.3", server.port());
  answer_name("six.test", {"::1", "127.0.0.1"});
  answer_name("second.test", {"127.0.0.2", "127.0.0.1"});
  answer_name("third.test", {"127.0.0.2", "127.0.0.3", "127.0.0.1"});
  answer_name("first.test", {"127.0.0.1", "127.0.0.2"});
  answer_name("none.test", {"127.0.0.2", "127.0.0.3"});
  std::vector<std::string> urls;
  for (const char* name :
       {"six.test", "second.test", "third.test", "first.test", "none.test"}) {
    urls.push_back(url(name, server.port()));
  }
  const std::vector<Result> results = fetch(urls);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(results[i].verdict(), kGoodVerdict) << urls[i];
  }
  EXPECT_EQ(results[4].verdict(), kRefused);
  EXPECT_EQ(server.requests().size(), 4U);
}

TEST(Network, LeavesTimeForTheAddressesAfterASilentOne) {
  ScriptedServer server;
  server.on("/", kGood);
  const std::vector<Descriptor> silent =
      silent_port("127.0.0.2", server.port());
  const Descriptor refusing = refusing_port("127.0.0.3", server.port());
  answer_name("behind.test", {"127.0.0.2", "127.0.0.1"});
  answer_name("refused.test", {"127.0.0.2", "127.0.0.3"});
  const std::vector<Result> results = fetch(
      {url("behind.test", server.port()), url("refused.test", server.port())},
      time_limit(0.6));
  EXPECT_EQ(results[0].verdict(), kGoodVerdict);
  EXPECT_EQ(results[1].verdict(), kRefused);
}

// The failures of some fetches are nothing to the others.
TEST(Network, FailsWhoeverItFailsAndNobodyElse) {
  ScriptedServer server;
  server.on("/", kGood);
  server.on("/stall", Script().stall());
  answer_name("good.test", {"127.0.0.1"});
  fail_name("later.test", EAI_AGAIN);
  silence_name("mute.test");
  const std::vector<Descriptor> silent = silent_port();
  const std::vector<Result> results =
      fetch({url("mute.test", server.port()), url("unknown.test", 80),
             url("good.test", server.port()), url("later.test", 80),
             url("127.0.0.1", bound_address(silent[0]).port()),
             server.url("/stall"), server.url("/")},
            time_limit(0.4));
  answer_name("mute.test", {});  // lets go of the helper thread
  const std::vector<std::string> verdicts = {
      "name lookup: timed out",
      "name lookup: name or service not known",
      kGoodVerdict,
      "name lookup: temporary failure in name resolution",
      "connect: timed out",
      "receive: timed out",
      kGoodVerdict};
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    EXPECT_EQ(results[i].verdict(), verdicts[i]) << results[i].url;
  }
}

// The deadline holds in each phase: a fetch ends with it, and not before. (That
// it isn't late is tested on a simulated clock; a late one would hang here.)
void expect_timeout(const std::string& text, const std::string& phase) {
  const auto settings = time_limit(0.3);
  const Clock::time_point start = Clock::now();
  EXPECT_EQ(fetch_one(text, settings).verdict(), phase + ": timed out");
  const Clock::duration took = Clock::now() - start;
  EXPECT_GE(took, settings.timeout);
}

TEST(Deadline, EndsANameLookup) {
  silence_name("mute.test");
  expect_timeout("http://mute.test/", "name lookup");
  answer_name("mute.test", {});
}

// More of them than there may be helpers, and then a name that is known.
TEST(Deadline, OfSilentNamesIsNobodyElses) {
  Lookup::limit_helpers(2, 100);
  ScriptedServer server;
  server.on("/", Script().send("HTTP/1.1 204 -\r\n\r\n"));
  answer_name("good.test", {"127.0.0.1"});
  std::vector<std::string> urls;
  for (int i = 0; i < 9; ++i) {
    const std::string name = "mute" + std::to_string(i) + ".test";
    silence_name(name);
    urls.push_back("http://" + name + "/");
  }
  urls.push_back(url("good.test", server.port()));
  const std::vector<Result> results = fetch(urls, time_limit(0.2), 3);
  for (int i = 0; i < 9; ++i) {
    EXPECT_EQ(results[static_cast<std::size_t>(i)].verdict(),
              "name lookup: timed out");
    answer_name("mute" + std::to_string(i) + ".test", {});
  }
  EXPECT_EQ(results.back().verdict(), "204 -: 0 bytes");
  Lookup::limit_helpers(Lookup::kMaxHelpers);
}

TEST(Deadline, EndsAConnect) {
  const std::vector<Descriptor> silent = silent_port();
  expect_timeout(url("127.0.0.1", bound_address(silent[0]).port()), "connect");
}

TEST(Deadline, IsSharedByTheAddressesOfAHost) {
  const std::vector<Descriptor> silent = silent_port();
  const std::uint16_t port = bound_address(silent[0]).port();
  const std::vector<Descriptor> also_silent = silent_port("127.0.0.2", port);
  answer_name("dead.test", {"127.0.0.1", "127.0.0.2"});
  expect_timeout(url("dead.test", port), "connect");
}

TEST(Deadline, EndsASend) {
  ScriptedServer server(1);
  server.on_connection(Script().stall());
  int blocked = 0;
  const SmallSendBuffers small([&blocked] { ++blocked; });
  expect_timeout(server.url(kLongPath), "send");
  EXPECT_GT(blocked, 0);
}

TEST(Deadline, EndsTheWaitForAnAnswer) {
  ScriptedServer server;
  server.on("/", Script().stall());
  expect_timeout(server.url("/"), "receive");
}

// A byte comes whenever the last one has been taken, or is there already.
TEST(Deadline, IsNotExtendedByProgress) {
  const std::string head = "HTTP/1.1 200 OK\r\n\r\n";
  ScriptedServer server;
  server.on("/", Script().send(head).dribble(std::string(200000, 'x')));
  expect_timeout(server.url("/"), "receive");
  server.on("/ready", Script().send(head + std::string(4 << 20, 'x')));
  receive_at_most = 1;
  expect_timeout(server.url("/ready"), "receive");
  receive_at_most = 1 << 20;
}

}  // namespace
