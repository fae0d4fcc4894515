// Many fetches in one run.
#include <gtest/gtest.h>

#include <stdexcept>

#include "common/net/socket.h"
#include "tests/contract/contract.h"
#include "tests/support/scripted_names.h"
#include "tests/support/temporary_directory.h"

namespace {

TEST(Many, AreJudgedAsEachIsAlone) {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  const std::pair<Script, std::string> answers[] = {
      {Script().reset(), "receive: connection reset by peer"},
      {Script().send(ok + "\r\nhel").until_received().reset(),
       "receive: connection reset by peer"},
      {Script(), "receive: incomplete: no response"},
      {Script().send(ok + "Content-Length: 9\r\n\r\nhello"),
       "receive: incomplete: 5 of 9 bytes"},
      {Script().send(ok), "receive: incomplete: the head ends early"},
      {Script().send("SSH-2.0").stall(),
       "receive: not an HTTP/1.x response: 'S'"},
      {Script().dribble(ok + "Transfer-Encoding: chunked\r\n\r\nhello\r\n"),
       "receive: bad chunk size 'hello'"},
      {Script().send(ok + "Content-Length: 2000\r\n\r\n"),
       "receive: the body of 2000 bytes is larger than 1000"}};
  const Descriptor refusing = refusing_port();
  ScriptedServer server;
  server.on("/good", kGood);
  std::vector<std::pair<std::string, std::string>> bad = {
      {url("127.0.0.1", bound_address(refusing).port()),
       "connect: connection refused"},
      {"http://unknown.test/", "name lookup: name or service not known"}};
  for (const auto& [script, verdict] : answers) {
    const std::string path = "/" + std::to_string(bad.size());
    server.on(path, script);
    bad.emplace_back(server.url(path), verdict);
  }
  Jobs::Settings settings;
  settings.max_size = 1000;
  for (const auto& [text, verdict] : bad) {
    EXPECT_EQ(fetch_one(text, settings).verdict(), verdict) << text;
  }
  std::vector<std::string> urls;
  std::vector<std::string> verdicts;
  for (std::size_t i = 0; i < 300; ++i) {
    const auto& [text, verdict] = bad[i / 3 % bad.size()];
    urls.push_back(i % 3 == 0 ? text : server.url("/good"));
    verdicts.push_back(i % 3 == 0 ? verdict : kGoodVerdict);
  }
  const std::vector<Result> results = fetch(urls, settings);
  for (std::size_t i = 0; i < urls.size(); ++i) {
    EXPECT_EQ(results[i].verdict(), verdicts[i]) << urls[i];
  }
}

TEST(Many, AreNeverMoreAtATimeThanAllowed) {
  ScriptedServer server;
  server.on("/", kGood);
  const std::vector<std::string> urls(100, server.url("/"));
  for (const std::size_t concurrency : {1U, 7U, 1000U}) {
    fetch(urls, {}, concurrency);
    EXPECT_GE(server.peak_in_flight(), 1U);
    EXPECT_LE(server.peak_in_flight(), concurrency);
  }
  EXPECT_EQ(server.requests().size(), 300U);
}

// More names than there may be helper threads, and every other one unknown.
TEST(Many, MayEachHaveANameOfTheirOwn) {
  ScriptedServer server;
  server.on("/", kGood);
  std::vector<std::string> urls;
  for (int i = 0; i < 1000; ++i) {
    const std::string name = "n" + std::to_string(i) + ".test";
    if (i % 2 == 0) {
      answer_name(name, {"127.0.0.1"});
    }
    urls.push_back(url(name, server.port()));
  }
  const std::vector<Result> results = fetch(urls, {}, 200);
  for (std::size_t i = 0; i < urls.size(); ++i) {
    EXPECT_EQ(
        results[i].verdict(),
        i % 2 == 0 ? kGoodVerdict : "name lookup: name or service not known");
  }
}

TEST(Many, AreNotHeldUpByNamesThatAreNeverAnswered) {
  ScriptedServer server;
  server.on("/", kGood);
  answer_name("good.test", {"127.0.0.1"});
  const std::vector<std::string> mute = {"mute0.test", "mute1.test",
                                         "mute2.test", "mute3.test"};
  std::vector<std::string> urls;
  for (const std::string& name : mute) {
    silence_name(name);
    urls.push_back(url(name, server.port()));
  }
  for (int i = 0; i < 150; ++i) {
    urls.push_back(server.url("/"));
    urls.push_back(url("good.test", server.port()));
  }
  Jobs::Settings settings;
  settings.timeout = std::chrono::milliseconds(500);
  const std::vector<Result> results = fetch(urls, settings, 20);
  for (std::size_t i = 0; i < urls.size(); ++i) {
    EXPECT_EQ(results[i].verdict(),
              i < mute.size() ? "name lookup: timed out" : kGoodVerdict);
  }
  for (const std::string& name : mute) {
    answer_name(name, {});  // lets go of the helper thread
  }
}

TEST(Many, MayBeNone) {
  EXPECT_TRUE(fetch({}).empty());
}

// What is no FetchError is nobody's fetch: it ends the run, and what was
// running with it leaves nothing.
TEST(Many, EndWithAnExceptionThatIsNoFetchError) {
  ScriptedServer server;
  server.on("/", kGood);
  server.on(
      "/half",
      Script().send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhal").stall());
  std::vector<std::string> urls(20, server.url("/half"));
  urls.front() = server.url("/");
  const TemporaryDirectory directory;
  Jobs::Settings settings;
  settings.directory = &directory.descriptor();
  int ended = 0;
  const auto fail = [&ended](const Job&) {
    ++ended;
    throw std::logic_error("enough");
  };
  EXPECT_THROW(fetch(urls, settings, 8, fail), std::logic_error);
  EXPECT_EQ(ended, 1);
  EXPECT_EQ(directory.names(), std::set<std::string>{"00001-index"});
}

}  // namespace
