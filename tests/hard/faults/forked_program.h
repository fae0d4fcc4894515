// The program as run_program in a process that is forked off, in which calls
// can be made to fail (failing_calls.h). Nobody may open interrupt_descriptor()
// before the fork: all processes would share it.
#pragma once

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "common/http/jobs.h"
#include "common/program/program.h"
#include "tests/hard/faults/failing_calls.h"
#include "tests/support/process.h"

// A file without a name, whose content can be looked at afterwards.
class Captured {
 public:
  Captured() : file_(memfd_create("captured", MFD_CLOEXEC), Phase::kReceive) {}
  int fd() const { return file_.fd(); }
  std::string text() const {
    std::string text(static_cast<std::size_t>(lseek(fd(), 0, SEEK_END)), '\0');
    EXPECT_EQ(pread(fd(), text.data(), text.size(), 0),
              static_cast<ssize_t>(text.size()));
    return text;
  }

 private:
  const Descriptor file_;
};

class ForkedProgram {
 public:
  // `arguments` without the name, which is "step". SIGALRM ends it if it hasn't
  // ended within `patience` seconds.
  ForkedProgram(std::vector<std::string> arguments, const Failure& failure,
                unsigned patience = 30)
      : arguments_(std::move(arguments)) {
    times_called("open");  // the counters are there before the fork
    pid_ = fork();
    if (pid_ == 0) {
      run(failure, patience);
    }
  }

  pid_t pid() const { return pid_; }

  Ended wait() const {
    int status = 0;
    waitpid(pid_, &status, 0);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status),
            out_.text(), err_.text()};
  }

 private:
  [[noreturn]] void run(const Failure& failure, unsigned patience) {
    dup2(out_.fd(), STDOUT_FILENO);
    dup2(err_.fd(), STDERR_FILENO);
    std::vector<const char*> argv = {"step"};
    for (const std::string& argument : arguments_) {
      argv.push_back(argument.c_str());
    }
    Trace::current_fetch = 0;  // whatever the test has fetched before
    alarm(patience);
    begin_failing(failure);
    const int status = run_program("step", fetch_all,
                                   static_cast<int>(argv.size()), argv.data());
    end_failing();
    _exit(status);
  }

  const std::vector<std::string> arguments_;
  const Captured out_;
  const Captured err_;
  pid_t pid_;
};
