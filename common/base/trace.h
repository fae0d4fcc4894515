// A Trace is the record of one thread's operations on descriptors.
//
// Descriptors and selectors write it. Each record carries the line of the
// lesson that asked for the operation. Nothing is recorded unless a Trace lives
// on the thread, and then only up to a limit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/base/fetch_error.h"

// The line that a call is written in. A function that wants to know its caller
// has a last parameter `Caller caller = Caller::here()`, and nobody passes it.
// (std::source_location is the standard's; clang 14, whose clangd many editors
// run, doesn't have it.)
struct Caller {
  static constexpr Caller here(const char* file = __builtin_FILE(),
                               std::uint32_t line = __builtin_LINE()) {
    return {file, line};
  }

  const char* file = "";  // of a string literal
  std::uint32_t line = 0;
};

enum class Operation : std::uint8_t {
  kBegin,  // of a fetch; it ends with one of the next two
  kEnd,
  kFail,
  kSleep,  // of the thread; the next kWake or kTimeOut ends it
  kOpen,
  kWaitReadable,
  kWaitWritable,
  kWake,
  kTimeOut,
  kConnect,
  kSend,
  kRecv,
  kClose
};

// "open", "wait readable", ... as tests and trace files show them.
const char* operation_name(Operation operation);

class Trace {
 public:
  struct Record {
    Clock::time_point time;
    std::uint64_t descriptor;  // the serial number, never used twice; 0: none
    std::int64_t bytes;        // sent or received; -1 when it would block
    const char* file;          // "" where no lesson line asked for it
    std::uint32_t line;
    std::uint32_t fetch;  // counted from 1; 0 belongs to no fetch
    Operation operation;
    Phase phase;  // of the descriptor, if there is one
  };

  // Starts recording on this thread; stops when destroyed. What comes after
  // `limit` records, or when memory has run out, is only counted.
  explicit Trace(std::size_t limit);
  ~Trace();
  Trace(const Trace&) = delete;
  Trace& operator=(const Trace&) = delete;

  const std::vector<Record>& records() const { return records_; }
  std::size_t dropped() const { return dropped_; }

  // The fetch that this thread works for. Whoever hands out a job or wakes a
  // waiter sets it; a descriptor remembers the one it was opened for.
  static inline constinit thread_local std::uint32_t current_fetch = 0;

  static void record(std::uint64_t descriptor, std::uint32_t fetch,
                     Operation operation, Caller caller, std::int64_t bytes = 0,
                     Phase phase = Phase::kNone) {
    if (active_ != nullptr) {
      active_->add(descriptor, fetch, operation, caller, bytes, phase);
    }
  }

 private:
  void add(std::uint64_t descriptor, std::uint32_t fetch, Operation operation,
           Caller caller, std::int64_t bytes, Phase phase) noexcept;

  static inline constinit thread_local Trace* active_ = nullptr;

  std::size_t limit_;
  std::vector<Record> records_;
  std::size_t dropped_ = 0;
};
