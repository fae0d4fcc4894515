// What the tests of the command line share.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "common/base/clock.h"
#include "common/demo/slow_server.h"
#include "common/net/socket.h"
#include "tests/program/target.h"
#include "tests/support/patterns.h"
#include "tests/support/process.h"
#include "tests/support/scripted_server.h"
#include "tests/support/temporary_directory.h"

using Words = std::vector<std::string>;

inline const std::string kPrefix = std::string(kStepName) + ": ";
inline const std::string kTook = "took N seconds (N CPU)\n";  // masked

// Runs the step's program.
inline Ended run_step(Words arguments, const Surroundings& given = {}) {
  arguments.insert(arguments.begin(), kProgram);
  return run(arguments, given);
}

// `text` with every figure that depends on the clock as "N".
inline std::string masked(const std::string& text) {
  return replaced(text, "[0-9]+\\.[0-9]+(?= sec| CPU|,\"error\")", "N");
}

// The URL of `path` at the loopback port that `socket` is bound to.
inline std::string url_of(const Descriptor& socket, const std::string& path) {
  return "http://127.0.0.1:" + std::to_string(bound_address(socket).port()) +
         path;
}

// Waits for what can be looked at but doesn't wake anybody.
inline void until(const std::function<bool()>& condition) {
  const Deadline deadline = Clock::now() + std::chrono::seconds(30);
  while (!condition()) {
    if (Clock::now() > deadline) {
      throw std::runtime_error("what the test waits for doesn't come");
    }
    std::this_thread::yield();
  }
}

inline std::filesystem::path proc(const Process& process,
                                  const std::string& name) {
  return "/proc/" + std::to_string(process.pid()) + "/" + name;
}
