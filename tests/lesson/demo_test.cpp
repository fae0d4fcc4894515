// The two programs of the demo beside the steps, from outside: slow_server and
// run_demo. What run_demo prints is in prose_test.cpp.
#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "tests/support/places.h"
#include "tests/support/process.h"

namespace {

std::string message(int error) {
  return std::generic_category().message(error);
}

TEST(SlowServerProgram, SaysWhereItServesAndDoesSoUntilASignal) {
  for (const int signal : {SIGINT, SIGTERM}) {
    Process server({kPrograms + "slow_server"});
    const std::string url = server.read_line();
    const std::string start = "http://127.0.0.1:";
    ASSERT_TRUE(url.starts_with(start) && url.ends_with("/")) << url;
    const std::string port = url.substr(start.size(), url.find('/', 8) - 17);
    const Ended fetched =
        run({kPrograms + "step4_coroutines", url + "x?seconds=0&bytes=27"});
    EXPECT_EQ(fetched.status, 0) << fetched.err;
    EXPECT_TRUE(fetched.out.starts_with(url + "x?seconds=0&bytes=27: 200 OK, "
                                              "27 bytes, "))
        << fetched.out;
    const Ended second = run({kPrograms + "slow_server", port});
    EXPECT_EQ(second.status, 1);
    EXPECT_EQ(second.err, "slow_server: bind: " + message(EADDRINUSE) + "\n");
    server.signal(signal);
    const Ended ended = server.wait();
    EXPECT_EQ(ended.status, 0);
    EXPECT_EQ(ended.err, "");
  }
}

TEST(SlowServerProgram, SaysHowToCallItWhenItIsGivenNoPort) {
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{
           {""}, {"x"}, {"65536"}, {"-1"}, {"80x"}, {"--help"}, {"0", "0"}}) {
    std::vector<std::string> command = {kPrograms + "slow_server"};
    command.insert(command.end(), arguments.begin(), arguments.end());
    const Ended ended = run(command);
    EXPECT_EQ(ended.status, 2);
    EXPECT_EQ(ended.out, "");
    EXPECT_EQ(ended.err, "usage: slow_server [PORT]\n");
  }
}

// What is found closed must not become a socket, which would be printed into.
TEST(Demo, OpensTheStandardDescriptorsThatAreClosed) {
  for (const char* const program :
       {"slow_server", "step1_sketch", "step4_sketch_nested"}) {
    for (const int closed : {0, 1, 2}) {
      Process process({kPrograms + program}, {.closed = {closed}});
      const std::string fd = "/proc/" + std::to_string(process.pid()) + "/fd/";
      // Once it has a socket, its server is there.
      const auto has_socket = [&fd] {
        std::error_code gone;
        for (int i = 3; i < 20; ++i) {
          const std::string what =
              std::filesystem::read_symlink(fd + std::to_string(i), gone);
          if (what.starts_with("socket:")) {
            return true;
          }
        }
        return false;
      };
      while (!has_socket()) {
        std::this_thread::yield();
      }
      EXPECT_EQ(std::filesystem::read_symlink(fd + std::to_string(closed)),
                "/dev/null")
          << program;
    }
  }
}

TEST(RunDemo, TakesNoFailureForSuccessWhereChildrenAreIgnored) {
  const Ended ended = run({kPrograms + "run_demo", "/bin/false",
                           kSourceDir + "step1_blocking/fetch.cpp"},
                          {.ignored = {SIGCHLD}});
  EXPECT_EQ(ended.status, 1);
  EXPECT_EQ(ended.err, "run_demo: /bin/false failed\n");
}

TEST(RunDemo, SaysHowToCallItWhenAProgramLacksItsSource) {
  for (const std::vector<std::string>& command :
       std::vector<std::vector<std::string>>{
           {kPrograms + "run_demo"},
           {kPrograms + "run_demo", "/bin/true"},
           {kPrograms + "run_demo", "/bin/true", "/dev/null", "/bin/true"}}) {
    const Ended ended = run(command);
    EXPECT_EQ(ended.status, 2);
    EXPECT_EQ(ended.err, "usage: run_demo PROGRAM SOURCE...\n");
  }
}

TEST(RunDemo, EndsWithWhatCannotBeRunOrRead) {
  const struct {
    const char* program;
    const char* source;
    std::string error;
  } demos[] = {
      {"/no/such", "/dev/null", "/no/such: " + message(ENOENT)},
      {"/bin/false", "/dev/null", "/bin/false failed"},
      {"/bin/true", "/no/such", "/no/such: " + message(ENOENT)},
  };
  for (const auto& [program, source, error] : demos) {
    const Ended ended = run({kPrograms + "run_demo", program, source});
    EXPECT_EQ(ended.status, 1);
    EXPECT_EQ(ended.err, "run_demo: " + error + "\n");
  }
}

}  // namespace
