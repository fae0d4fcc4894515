// Ctrl-C and SIGTERM just before each call and each allocation of a run:
// whatever it is doing, it ends at once, says what it has done so far, and
// leaves no part of a file. Compiled once and linked with each step.
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <iostream>
#include <thread>

#include "tests/hard/faults/forked_program.h"
#include "tests/support/scripted_server.h"
#include "tests/support/temporary_directory.h"

namespace {

const std::string kBody = "a body";

class Signals : public testing::Test {
 protected:
  // The last URL is never answered: without a signal the run wouldn't end.
  Signals() {
    server_.on("/a", Script().send("HTTP/1.1 200 OK\r\n\r\n" + kBody));
    server_.on("/never", Script().send("HTTP/1.1 200 OK\r\n\r\na").stall());
    arguments_ = {"-o",
                  bodies_.path(),
                  "--json",
                  "http://localhost:" + std::to_string(server_.port()) + "/a",
                  server_.url("/a"),
                  server_.url("/never")};
  }

  // How often each call is called until nothing more happens.
  std::vector<std::pair<std::string, int>> count_calls() {
    const ForkedProgram program(arguments_, {}, 60);
    // Both bodies are whole, and the third has begun.
    while (bodies_.names() !=
           std::set<std::string>{"00001-a", "00002-a", "00003-never.part"}) {
      std::this_thread::yield();
    }
    std::vector<std::pair<std::string, int>> counts;
    for (const FailingCall& call : failing_calls()) {
      counts.emplace_back(call.name, times_called(call.name));
    }
    kill(program.pid(), SIGTERM);
    EXPECT_EQ(program.wait().status, 128 + SIGTERM);
    remove_bodies();
    return counts;
  }

  void remove_bodies() {
    for (const std::string& name : bodies_.names()) {
      std::filesystem::remove(bodies_.path(name));
    }
  }

  // Whether `ended` is right for a signal that came once.
  void check(const Ended& ended, int signal) {
    const auto reported = std::count(ended.out.begin(), ended.out.end(), '\n');
    if (ended.status == -signal) {  // before anything was fetched
      EXPECT_EQ(ended.out + ended.err, "");
      EXPECT_TRUE(bodies_.names().empty());
    } else {
      EXPECT_EQ(ended.status, 128 + signal);
      EXPECT_EQ(ended.err, "step: interrupted, " +
                               std::to_string(3 - reported) +
                               " of 3 fetches not finished\n");
    }
    std::size_t whole = 0;
    for (const std::string& name : bodies_.names()) {
      EXPECT_EQ(bodies_.content(name), kBody) << name;
      ++whole;
    }
    EXPECT_GE(whole, static_cast<std::size_t>(reported));
    remove_bodies();
  }

  // Sends `signal` just before each call. Returns how many runs that took.
  template <typename Check>
  int signal_each(int signal, bool ever_after, Check check) {
    int runs = 0;
    for (const auto& [call, count] : count_calls()) {
      for (int nth = 1; nth <= count && !HasFailure(); ++nth) {
        ++runs;
        const Ended ended =
            ForkedProgram(arguments_, {call, nth, 0, ever_after, signal}, 1)
                .wait();
        SCOPED_TRACE(call + " " + std::to_string(nth) + ": " + ended.out +
                     ended.err);
        // In another order of events there may be fewer calls.
        if (ended.status == -SIGALRM && !has_failed()) {
          remove_bodies();
        } else {
          check(ended);
        }
      }
    }
    return runs;
  }

  const TemporaryDirectory bodies_;
  ScriptedServer server_;
  std::vector<std::string> arguments_;
};

TEST_F(Signals, EndTheRunAtWhateverCallTheyCome) {
  int runs = 0;
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    runs += signal_each(signal, false,
                        [&](const Ended& ended) { check(ended, signal); });
  }
  std::cout << runs << " runs\n";
}

// The second one comes at the next call of the same kind.
TEST_F(Signals, EndTheProcessWhenASecondOneComes) {
  const int runs = signal_each(SIGINT, true, [this](const Ended& ended) {
    EXPECT_TRUE(ended.status == -SIGINT || ended.status == 128 + SIGINT)
        << ended.status;
    for (const std::string& name : bodies_.names()) {
      EXPECT_TRUE(name.ends_with(".part") || bodies_.content(name) == kBody);
    }
    remove_bodies();
  });
  std::cout << runs << " runs\n";
}

TEST_F(Signals, EndASendThatGoesNoFurther) {
  for (const int signal : {SIGINT, SIGTERM}) {
    const ForkedProgram program(arguments_, {"send", 1, EAGAIN, true});
    while (times_called("send") < 5) {
      std::this_thread::yield();
    }
    kill(program.pid(), signal);
    check(program.wait(), signal);
  }
}

// Stopped by Ctrl-Z, and told to go on.
TEST_F(Signals, ThatStopItLetItGoOnAfterwards) {
  server_.on("/gate", Script()
                          .send("HTTP/1.1 200 OK\r\n\r\n" + kBody)
                          .until("go on")
                          .send(kBody));
  const ForkedProgram program(
      {"--json", server_.url("/gate"), server_.url("/a")}, {});
  for (int times = 0; times < 20; ++times) {
    kill(program.pid(), SIGSTOP);
    int status = 0;
    ASSERT_EQ(waitpid(program.pid(), &status, WUNTRACED), program.pid());
    ASSERT_TRUE(WIFSTOPPED(status));
    kill(program.pid(), SIGCONT);
  }
  server_.open("go on");
  const Ended ended = program.wait();
  EXPECT_EQ(ended.status, 0);
  EXPECT_EQ(ended.err, "");
  EXPECT_NE(ended.out.find("\"bytes\":12,"), ended.out.npos) << ended.out;
}

// 'S' if the thread of `process` sleeps in the kernel, 'Z' if it has ended
// (proc(5)).
char state_of(pid_t process) {
  std::ifstream stat("/proc/" + std::to_string(process) + "/stat");
  std::string text;
  std::getline(stat, text);
  const std::size_t end_of_name = text.rfind(") ");
  return end_of_name == text.npos ? 'Z' : text[end_of_name + 2];
}

// A deadline goes on passing meanwhile. (That it is kept to the millisecond is
// tested on a simulated clock.) But what has come in time counts.
TEST_F(Signals, ThatStopItForLongEndNoFetchThatIsReady) {
  server_.on("/silent", Script().stall());
  server_.on("/late",
             Script().until("go /late").send("HTTP/1.1 204 -\r\n\r\n"));
  for (const std::string path : {"/silent", "/late"}) {
    const std::size_t before = server_.requests().size();
    const ForkedProgram program({"--json", "-t0.2", server_.url(path)}, {});
    // Stopped between sending and waiting, it would begin a wait that is over.
    while (server_.requests().size() == before ||
           state_of(program.pid()) != 'S') {
      ASSERT_NE(state_of(program.pid()), 'Z');
      std::this_thread::yield();
    }
    kill(program.pid(), SIGSTOP);
    server_.open("go " + path);
    std::this_thread::sleep_for(std::chrono::milliseconds(250));
    kill(program.pid(), SIGCONT);
    const Ended ended = program.wait();
    EXPECT_EQ(ended.status, path == "/silent" ? 1 : 0);
    EXPECT_EQ(ended.err, path == "/silent"
                             ? server_.url(path) + ": receive: timed out\n"
                             : "");
  }
}

}  // namespace
