// run_demo PROGRAM SOURCE [PROGRAM SOURCE]...: the steps one after another on
// one slow server, and a table of what each took.
//
// PROGRAM is a step's program and SOURCE its fetch.cpp.
#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include "common/base/clock.h"
#include "common/demo/slow_server.h"

extern char** environ;  // POSIX has no header for it (environ(7))

namespace {

using Words = std::vector<std::string>;

struct Step {
  std::string program;
  std::string source;
};

// What one run of a program took.
struct Cost {
  double wall;  // seconds
  double cpu;   // seconds, of the whole process
};

std::string name_of(const Step& step) {
  return step.program.substr(step.program.rfind('/') + 1);
}

// Runs `command` with `out` as its standard output and waits for its end.
// Throws if it can't be run or ends with an error.
Cost run(const Words& command, int out) {
  std::vector<char*> arguments;
  for (const std::string& word : command) {
    arguments.push_back(const_cast<char*>(word.c_str()));
  }
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  const Clock::time_point start = Clock::now();
  pid_t child = -1;
  const int error = posix_spawn(&child, arguments[0], &actions, nullptr,
                                arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    throw std::system_error(error, std::generic_category(), command[0]);
  }
  int status = 0;
  rusage used = {};
  while (wait4(child, &status, 0, &used) == -1) {
    if (errno != EINTR) {
      throw std::system_error(errno, std::generic_category(), "wait4");
    }
  }
  if (status != 0) {
    throw std::runtime_error(command[0] + " failed");
  }
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) +
           static_cast<double>(time.tv_usec) / 1e6;
  };
  const std::chrono::duration<double> wall = Clock::now() - start;
  return {wall.count(), seconds(used.ru_utime) + seconds(used.ru_stime)};
}

// The same, with what it prints. A temporary file holds any amount of it.
std::string output_of(const Words& command) {
  std::FILE* const file = std::tmpfile();
  if (file == nullptr) {
    throw std::system_error(errno, std::generic_category(), "tmpfile");
  }
  run(command, fileno(file));
  std::rewind(file);
  std::string text;
  for (int c = std::fgetc(file); c != EOF; c = std::fgetc(file)) {
    text += static_cast<char>(c);
  }
  std::fclose(file);
  return text;
}

std::size_t lines_of(const std::string& path) {
  std::ifstream file(path);
  if (!file) {
    throw std::system_error(errno, std::generic_category(), path);
  }
  return static_cast<std::size_t>(
      std::count(std::istreambuf_iterator<char>(file), {}, '\n'));
}

// Prints at once, since the steps print to the same place.
void print(const std::string& text) {
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

void compare(const std::vector<Step>& steps) {
  SlowServer server;
  std::string table =
      "step               wall s   CPU s   peak in flight   fetch.cpp\n";
  for (const Step& step : steps) {
    print("== " + name_of(step) + "\n");
    server.forget_peak();
    const Cost cost = run(
        {step.program, "--timeline", server.url("/foo"), server.url("/bar")},
        STDOUT_FILENO);
    char row[128];
    std::snprintf(row, sizeof row, "%-17s  %6.2f  %6.3f   %14d   %3zu lines\n",
                  name_of(step).c_str(), cost.wall, cost.cpu,
                  static_cast<int>(server.peak_in_flight()),
                  lines_of(step.source));
    table += row;
    print("\n");
  }
  print(table);
}

// Two requests that the server answers once both are there: 200. Where one is
// sent only when the other has been answered, both get a 503 after a while.
void show_overlap(const std::vector<Step>& steps) {
  const SlowServer server;
  print("\n/together/2: 200 if two such requests wait at once, else 503\n");
  for (const Step& step : steps) {
    const std::string said = output_of({step.program, "--json", "--repeat", "2",
                                        server.url("/together/2?wait=0.5")});
    const std::string key = "\"status\":";
    const std::size_t status = said.find(key);
    char row[64];
    std::snprintf(row, sizeof row, "%-17s  %s\n", name_of(step).c_str(),
                  said.substr(status + key.size(), 3).c_str());
    print(row);
  }
}

}  // namespace

int main(int argc, char** argv) {
  open_standard_descriptors();
  std::signal(SIGCHLD, SIG_DFL);  // ignored, it would hide how a child ended
  std::vector<Step> steps;
  for (int i = 1; i + 1 < argc; i += 2) {
    steps.push_back({argv[i], argv[i + 1]});
  }
  if (steps.empty() || argc % 2 == 0) {
    std::fprintf(stderr, "usage: run_demo PROGRAM SOURCE...\n");
    return 2;
  }
  try {
    compare(steps);
    show_overlap(steps);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "run_demo: %s\n", error.what());
    return 1;
  }
}
