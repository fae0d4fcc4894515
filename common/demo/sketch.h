// What every sketch begins with: the headers that it uses, a slow server to
// fetch from, and a stopwatch.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "common/base/clock.h"
#include "common/demo/slow_server.h"

// Opened first: no socket is to be printed into where a shell has closed
// standard output.
inline const bool standard_descriptors_are_open = [] {
  open_standard_descriptors();
  return true;
}();

inline const SlowServer server;

// Prints "took 1.9 seconds" when it goes out of scope.
class Stopwatch {
 public:
  ~Stopwatch() {
    const std::chrono::duration<double> took = Clock::now() - start_;
    std::printf("took %.1f seconds\n", took.count());
  }

 private:
  const Clock::time_point start_ = Clock::now();
};

// Prints the first line of a response.
inline void print_status(const std::string& path, const std::string& response) {
  const std::string status = response.substr(0, response.find('\r'));
  std::printf("%s: %s\n", path.c_str(), status.c_str());
}
