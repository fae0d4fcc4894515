// Ctrl-C, SIGTERM and SIGHUP, whatever the program is waiting for: it ends at
// once, and says what it has done so far.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "tests/program/fixtures.h"

namespace {

class Interrupt : public testing::TestWithParam<int> {
 protected:
  static void expect_end(Process& process, const std::string& out,
                         const std::string& what_is_left) {
    const Clock::time_point start = Clock::now();
    process.signal(GetParam());
    const Ended ended = process.wait();
    // It takes milliseconds, and a deadline of 30 seconds if it is missed.
    EXPECT_LT(Clock::now() - start, std::chrono::seconds(2));
    EXPECT_EQ(ended.status, 128 + GetParam());
    EXPECT_EQ(masked(ended.out), out);
    EXPECT_EQ(ended.err, kPrefix + "interrupted" + what_is_left + "\n");
  }

  const std::string one_left_ = ", 1 of 1 fetches not finished";
  ScriptedServer server_;
};

TEST_P(Interrupt, EndsAConnectThatIsNotAnswered) {
  const std::vector<Descriptor> silent = silent_port();
  char peer[40];  // as a connection that has not been answered is shown
  std::snprintf(peer, sizeof peer, " 0100007F:%04X 02",
                bound_address(silent.front()).port());
  const auto connecting = [&peer] {
    std::ifstream file("/proc/net/tcp");
    return count({std::istreambuf_iterator<char>(file), {}}, peer);
  };
  const std::ptrdiff_t before = connecting();
  Process process({kProgram, url_of(silent.front(), "/")});
  until([&] { return connecting() > before; });
  expect_end(process, kTook, one_left_);
}

TEST_P(Interrupt, EndsANameLookupThatIsNotAnswered) {
  Process process({kScriptedProgram, "http://silent.test/"});
  until([&process] {  // until the lookup has its thread
    const std::filesystem::directory_iterator tasks(proc(process, "task"));
    return std::distance(begin(tasks), end(tasks)) == 2;
  });
  expect_end(process, kTook, one_left_);
}

TEST_P(Interrupt, EndsTheWaitForAResponseAndReportsTheOthers) {
  server_.on("/quick", Script().send("HTTP/1.0 204 Nothing\r\n\r\n"));
  server_.on("/silent", Script().stall());
  const std::string quick = server_.url("/quick");
  Process process({kProgram, quick, server_.url("/silent")});
  EXPECT_EQ(masked(process.read_line()),
            quick + ": 204 Nothing, 0 bytes, N seconds");
  until([this] { return server_.requests().size() == 2; });
  expect_end(process, kTook, ", 1 of 2 fetches not finished");
}

TEST_P(Interrupt, LeavesNoPartOfABodyBehind) {
  const TemporaryDirectory bodies;
  server_.on(
      "/x",
      Script().send("HTTP/1.0 200 OK\r\nContent-Length: 9\r\n\r\nabc").stall());
  Process process({kProgram, "-o", bodies.path(), server_.url("/x")});
  until([part = bodies.path("00001-x.part")] {
    std::error_code missing;
    return std::filesystem::file_size(part, missing) == 3;
  });
  expect_end(process, kTook, one_left_);
  EXPECT_EQ(bodies.names(), std::set<std::string>());
}

TEST_P(Interrupt, EndsAWriteThatNobodyReads) {
  const Pipe full;
  const int fd = full.write_end.fd();
  fcntl(fd, F_SETFL, O_NONBLOCK);
  while (write(fd, "x", 1) == 1) {
  }
  fcntl(fd, F_SETFL, 0);
  const TemporaryDirectory bodies;
  server_.on("/x", Script().send("HTTP/1.0 204 Nothing\r\n\r\n"));
  Process process({kProgram, "-o", bodies.path(), server_.url("/x")},
                  {.output = fd});
  // Once the body is whole, to report it is all that is left to do.
  until([&bodies] { return bodies.names().contains("00001-x"); });
  expect_end(process, "", "");
}

// Whether the process waits in poll(2), for whatever it is.
bool polls(const Process& process) {
  std::ifstream file(proc(process, "wchan"));
  std::string where;
  return file >> where && where.find("poll") != where.npos;
}

// Nothing has been fetched yet. A process without a handler would be killed, or
// go on, if it is the first of a container.
TEST_P(Interrupt, EndsTheWaitForAListOfUrls) {
  const TemporaryDirectory directory;
  const std::string pipe = directory.path("pipe");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  const Pipe silent;
  for (const bool from_stdin : {true, false}) {
    Process process(
        {"/bin/sh", "-c",
         from_stdin ? "exec \"$0\" -i - <\"$1\"" : "exec \"$0\" -i \"$1\"",
         kProgram,
         from_stdin ? "/proc/" + std::to_string(getpid()) + "/fd/" +
                          std::to_string(silent.read_end.fd())
                    : pipe});
    until([&process] {
      std::error_code gone;
      const auto program =
          std::filesystem::read_symlink(proc(process, "exe"), gone);
      return program.filename() == kStepName && polls(process);
    });
    expect_end(process, "", "");
  }
}

INSTANTIATE_TEST_SUITE_P(Signals, Interrupt,
                         testing::Values(SIGINT, SIGTERM, SIGHUP),
                         [](const testing::TestParamInfo<int>& signal) {
                           return signal.param == SIGINT    ? "CtrlC"
                                  : signal.param == SIGTERM ? "SIGTERM"
                                                            : "SIGHUP";
                         });

// As a shell has it for what it starts in the background, and nohup.
TEST(ASignalThatIsIgnored, StaysIgnored) {
  ScriptedServer server;
  server.on("/x", Script().until("go").send("HTTP/1.0 204 Nothing\r\n\r\n"));
  Process process({kProgram, server.url("/x")}, {.ignored = {SIGINT, SIGHUP}});
  until([&server] { return server.requests().size() == 1; });
  process.signal(SIGINT);
  process.signal(SIGHUP);
  server.open("go");
  EXPECT_EQ(process.wait().status, 0);
}

}  // namespace
