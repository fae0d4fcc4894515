// How the benchmark runs a program and what it can tell of the run.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/net/descriptor.h"

using Command = std::vector<std::string>;

// A directory that is gone, with all that is in it, when this is.
class Scratch {
 public:
  Scratch();  // throws std::runtime_error
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

struct Usage {
  double cpu_seconds;  // user and system
  double wall_seconds;
  std::int64_t peak_bytes;  // of memory that was resident
};

// Runs `command` on the first core. Nothing if it can't be run, fails, or takes
// five minutes.
std::optional<Usage> run(const Command& command);

// How many instructions `command` executes in user space, counted by callgrind;
// nothing if there is no valgrind.
std::optional<double> instructions(const Command& command);

// How many system calls it makes, counted by strace; nothing if there is none.
std::optional<double> system_calls(const Command& command);

double median(std::vector<double> values);

// The server of the benchmark as a process of its own, on the last core. It
// ends with this object, and with the process if that is killed.
class Server {
 public:
  Server();  // throws std::runtime_error
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  const std::string& port() const { return port_; }

 private:
  pid_t pid_ = -1;
  Descriptor input_;  // the server serves until this is closed
  std::string port_;
};
