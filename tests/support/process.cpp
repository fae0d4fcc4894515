#include "tests/support/process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <future>
#include <system_error>
#include <tuple>

#include "common/base/clock.h"

namespace {

constexpr auto kPatience = std::chrono::seconds(60);

void check(bool done, const char* what) {
  if (!done) {
    throw std::system_error(errno, std::generic_category(), what);
  }
}

Descriptor own(int fd, const char* what) {
  check(fd != -1, what);
  return Descriptor(fd, Phase::kReceive);
}

// Both sides of a new pseudo-terminal, the controlling one first.
std::pair<Descriptor, Descriptor> open_terminal(unsigned short columns) {
  Descriptor master =
      own(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), "posix_openpt");
  grantpt(master.fd());
  unlockpt(master.fd());
  Descriptor slave =
      own(open(ptsname(master.fd()), O_RDWR | O_NOCTTY | O_CLOEXEC), "ptsname");
  winsize size = {};
  size.ws_col = columns;
  check(ioctl(master.fd(), TIOCSWINSZ, &size) == 0, "TIOCSWINSZ");
  return {std::move(master), std::move(slave)};
}

// The environment of a program: ours, and `variables` instead of those of the
// same name.
std::vector<std::string> environment_with(
    const std::vector<std::pair<std::string, std::string>>& variables) {
  std::vector<std::string> environment;
  for (char** each = environ; *each != nullptr; ++each) {
    const std::string_view line = *each;
    const auto is_given = [line](const auto& variable) {
      return line.starts_with(variable.first + "=");
    };
    if (std::none_of(variables.begin(), variables.end(), is_given)) {
      environment.emplace_back(line);
    }
  }
  for (const auto& [name, value] : variables) {
    environment.push_back(name + "=" + value);
  }
  return environment;
}

// As execve(2) takes them; `words` must outlive them.
std::vector<char*> pointers(const std::vector<std::string>& words) {
  std::vector<char*> all;
  for (const std::string& word : words) {
    all.push_back(const_cast<char*>(word.c_str()));
  }
  all.push_back(nullptr);
  return all;
}

// Between fork and exec, where only async-signal-safe functions may be called.
[[noreturn]] void become(char* const* command, char* const* environment,
                         const int* fds, const Surroundings& given) {
  for (int i = 0; i <= 2; ++i) {
    dup2(fds[i], i);
  }
  for (const int fd : given.closed) {
    close(fd);
  }
  // Whoever started the tests may have had these ignored.
  for (const int number :
       {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGXFSZ, SIGCHLD}) {
    std::signal(number, SIG_DFL);
  }
  for (const int number : given.ignored) {
    std::signal(number, SIG_IGN);
  }
  for (const auto& [resource, limit] : given.settings) {
    setrlimit(resource, &limit);
  }
  execve(command[0], command, environment);
  _exit(127);
}

}  // namespace

Pipe::Pipe() {
  int fds[2];
  check(pipe2(fds, O_CLOEXEC) == 0, "pipe2");
  read_end = Descriptor(fds[0], Phase::kReceive);
  write_end = Descriptor(fds[1], Phase::kSend);
}

Process::Process(const std::vector<std::string>& command,
                 const Surroundings& given)
    : name_(command.front()) {
  Pipe in;
  Pipe out;
  Pipe err;
  check(write(in.write_end.fd(), given.input.data(), given.input.size()) != -1,
        "write");
  if (given.terminal) {
    std::tie(out.read_end, out.write_end) = open_terminal(given.columns);
  }
  const int fds[] = {in.read_end.fd(),
                     given.output != -1 ? given.output : out.write_end.fd(),
                     given.terminal ? out.write_end.fd() : err.write_end.fd()};
  const std::vector<std::string> environment =
      environment_with(given.variables);
  const std::vector<char*> arguments = pointers(command);
  const std::vector<char*> variables = pointers(environment);
  pid_ = fork();
  if (pid_ == 0) {
    become(arguments.data(), variables.data(), fds, given);
  }
  check(pid_ != -1, "fork");
  streams_[0] = std::move(out.read_end);
  streams_[1] = std::move(err.read_end);
}

Process::~Process() {
  if (pid_ != -1) {
    signal(SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
}

void Process::signal(int number) const {
  kill(pid_, number);
}

void Process::give_up(const char* why) const {
  ADD_FAILURE() << name_ << " " << why << "; it said: " << texts_[0]
                << texts_[1];
  signal(SIGKILL);
}

// Reads both streams, so that neither can fill up, until `enough` or the end of
// both.
void Process::read_until(const std::function<bool()>& enough) {
  while (!enough() && (streams_[0].fd() != -1 || streams_[1].fd() != -1)) {
    pollfd polled[] = {{streams_[0].fd(), POLLIN, 0},
                       {streams_[1].fd(), POLLIN, 0}};
    if (poll(polled, 2, milliseconds_until(Clock::now() + kPatience)) == 0) {
      return give_up("neither ends nor says what is waited for");
    }
    for (int i = 0; i < 2; ++i) {
      char buffer[65536];
      if (polled[i].revents != 0) {
        const ssize_t size = read(polled[i].fd, buffer, sizeof buffer);
        if (size > 0) {
          texts_[i].append(buffer, static_cast<std::size_t>(size));
        } else {
          streams_[i].close();  // a terminal ends with EIO
        }
      }
    }
  }
}

std::string Process::read_line() {
  std::string& text = texts_[0];
  read_until([&text] { return text.find('\n') != text.npos; });
  const std::string line = text.substr(0, text.find('\n'));
  text.erase(0, line.size() + 1);
  return line;
}

Ended Process::wait() {
  read_until([] { return false; });
  int status = 0;
  const auto reap = [this, &status] { return waitpid(pid_, &status, 0); };
  const std::future<pid_t> reaped = std::async(std::launch::async, reap);
  if (reaped.wait_for(kPatience) == std::future_status::timeout) {
    give_up("has closed its output but doesn't end");
  }
  reaped.wait();
  pid_ = -1;
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status),
          std::move(texts_[0]), std::move(texts_[1])};
}

Ended run(const std::vector<std::string>& command, const Surroundings& given) {
  return Process(command, given).wait();
}
