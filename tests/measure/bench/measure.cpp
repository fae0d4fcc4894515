#include "measure.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "common/base/clock.h"

namespace {

// Where the kernel doesn't let us choose, the programs share what there is.
void pin_to(long core) {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(static_cast<std::size_t>(core), &cores);
  sched_setaffinity(0, sizeof cores, &cores);
}

// In the child, after fork(2).
[[noreturn]] void execute(const Command& command) {
  std::vector<char*> arguments;
  for (const std::string& word : command) {
    arguments.push_back(const_cast<char*>(word.c_str()));
  }
  arguments.push_back(nullptr);
  execvp(arguments[0], arguments.data());
  _exit(127);
}

constexpr unsigned kLongest = 300;  // seconds a program may take

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) +
         static_cast<double>(time.tv_usec) / 1e6;
}

// The word before or after `mark`, in the first line of the file that has it,
// as a number.
std::optional<double> number_in(const std::string& path,
                                const std::string& mark, std::size_t word) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.find(mark) != std::string::npos) {
      std::istringstream words(line);
      std::string text;
      for (std::size_t i = 0; i <= word; ++i) {
        words >> text;
      }
      return std::stod(text);
    }
  }
  return std::nullopt;
}

// Runs `command` under `tool`, which writes its findings to the file that
// follows its last word.
std::optional<double> counted(Command tool, const Command& command,
                              const std::string& mark, std::size_t word) {
  const Scratch directory;
  const std::string file = directory.path() + "/counted";
  tool.back() += file;
  tool.insert(tool.end(), command.begin(), command.end());
  return run(tool) ? number_in(file, mark, word) : std::nullopt;
}

}  // namespace

Scratch::Scratch()
    : path_(std::filesystem::temp_directory_path() / "bench-XXXXXX") {
  if (mkdtemp(path_.data()) == nullptr) {
    throw std::runtime_error("cannot make " + path_ + ": " + error_text(errno));
  }
}

Scratch::~Scratch() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::optional<Usage> run(const Command& command) {
  const Clock::time_point start = Clock::now();
  const pid_t pid = fork();
  if (pid == 0) {
    pin_to(0);
    const int null = open("/dev/null", O_RDWR);
    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
    dup2(null, STDERR_FILENO);
    alarm(kLongest);  // outlives exec
    execute(command);
  }
  int status = 0;
  rusage usage = {};
  while (wait4(pid, &status, 0, &usage) == -1 && errno == EINTR) {
  }
  if (pid == -1 || status != 0) {
    return std::nullopt;
  }
  const std::chrono::duration<double> wall = Clock::now() - start;
  return Usage{seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime),
               wall.count(), usage.ru_maxrss * 1024};
}

std::optional<double> instructions(const Command& command) {
  // ==1== Collected : 123456
  return counted({"valgrind", "--tool=callgrind",
                  "--callgrind-out-file=/dev/null", "--log-file="},
                 command, "Collected :", 3);
}

std::optional<double> system_calls(const Command& command) {
  // 100.00    0.012345           3     12345         5 total
  return counted({"strace", "-f", "-c", "-o", ""}, command, "total", 3);
}

double median(std::vector<double> values) {
  const auto middle =
      values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

Server::Server() {
  int input[2];
  int output[2];
  if (pipe2(input, O_CLOEXEC) == -1 || pipe2(output, O_CLOEXEC) == -1 ||
      (pid_ = fork()) == -1) {
    throw std::runtime_error("cannot start the server: " + error_text(errno));
  }
  if (pid_ == 0) {
    pin_to(sysconf(_SC_NPROCESSORS_ONLN) - 1);
    dup2(input[0], STDIN_FILENO);
    dup2(output[1], STDOUT_FILENO);
    execute({PROGRAMS "bench_server"});
  }
  const Descriptor read_end(output[0], Phase::kReceive);
  close(output[1]);
  close(input[0]);
  input_ = Descriptor(input[1], Phase::kSend);
  char byte = 0;
  while (read(read_end.fd(), &byte, 1) == 1 && byte != '\n') {
    port_ += byte;
  }
  if (byte != '\n') {
    throw std::runtime_error("the server did not start");
  }
}

Server::~Server() {
  input_.close();
  waitpid(pid_, nullptr, 0);
}
