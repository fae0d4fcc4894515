// A Descriptor owns one open file descriptor and closes it.
#pragma once

#include <cstdint>
#include <utility>

#include "common/base/fetch_error.h"
#include "common/base/trace.h"

class Descriptor {
 public:
  Descriptor() = default;

  // Takes over `fd`, which must be open. `phase` is what a fetch is busy with
  // while it waits for this descriptor.
  Descriptor(int fd, Phase phase, Caller caller = Caller::here());
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor() {
    if (fd_ != -1) {  // seldom: most have been moved from
      close();
    }
  }

  // -1 when there is none: closed, moved from, or never opened.
  int fd() const { return fd_; }

  // Never the same for two descriptors of a process, while the kernel gives
  // the number of a closed one to the next that is opened (open(2)).
  std::uint64_t serial() const { return serial_; }

  Phase phase() const { return phase_; }
  std::uint32_t fetch() const { return fetch_; }

  // What the last wait for it has found out, if it said so. Selectors do.
  enum class Found : std::uint8_t { kNothing, kReady, kError };
  void note(Found found) const { found_ = found; }

  // Returns 0, or the errno value with which close(2) failed. Closed it is
  // either way.
  int close();

  // Notes in the thread's Trace that `operation` was done with this descriptor.
  void record(Operation operation, Caller caller,
              std::int64_t bytes = 0) const {
    Trace::record(serial_, fetch_, operation, caller, bytes, phase_);
  }

 protected:
  void set_phase(Phase phase) { phase_ = phase; }
  Found found() const { return found_; }

 private:
  int fd_ = -1;
  std::uint32_t fetch_ = 0;
  std::uint64_t serial_ : 56 = 0;  // at a million a second, 2,000 years' worth
  Phase phase_ : 4 = Phase::kNone;
  mutable Found found_ : 4 = Found::kNothing;  // known of it, not part of it
};

// Makes sure that descriptors 0 to 2 are open, so that no socket or file gets
// one of their numbers and is printed into. What was closed still fails when it
// is used. Whoever has a main function calls this first.
void open_standard_descriptors();

// Notes in the thread's Trace that the thread sleeps until `descriptor` is
// ready for `events` (POLLIN or POLLOUT) and, when destroyed, that it is awake.
class TracedSleep {
 public:
  TracedSleep(const Descriptor& descriptor, short events, Caller caller);
  ~TracedSleep() { descriptor_.record(Operation::kWake, Caller()); }
  TracedSleep(const TracedSleep&) = delete;
  TracedSleep& operator=(const TracedSleep&) = delete;

 private:
  const Descriptor& descriptor_;
};
