// What the programs print: results, failures, progress and the time it took.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/clock.h"
#include "common/http/jobs.h"

// The one class that prints. Results go to standard output, failures and
// progress to standard error.
class Report {
 public:
  enum class Style { kText, kJson, kQuiet };

  // Expects `total` jobs to end.
  Report(Style style, std::uint64_t total);
  ~Report() { hide_progress(); }  // even where memory has run out
  Report(const Report&) = delete;
  Report& operator=(const Report&) = delete;

  // Prints what came of one job. Throws OutputError.
  void ended(const Job& job);

  // Prints the timeline or the story. Throws OutputError.
  void print(std::string_view text);

  // "took 1.90 seconds (0.01 CPU)". Throws OutputError.
  void took(std::chrono::duration<double> wall, double cpu_seconds);

 private:
  void show_progress();
  void hide_progress();

  const Style style_;
  const std::uint64_t total_;
  const bool progress_;  // whether to show it at all
  std::uint64_t ended_ = 0;
  std::uint64_t failed_ = 0;
  std::size_t shown_ = 0;  // columns of progress on the terminal
  Clock::time_point next_progress_;
};
