// A Wakeup is a descriptor that another thread, or a signal handler, makes
// readable: how anything that is not a socket joins what a loop waits for.
#pragma once

#include <cstddef>

#include "common/net/descriptor.h"

// Platform: one eventfd(2) in wakeup_eventfd.cpp, a pipe in wakeup_pipe.cpp.
class Wakeup : public Descriptor {
 public:
  Wakeup() = default;  // empty, as an empty Descriptor is

  // Throws std::system_error when no descriptor is to be had.
  static Wakeup open(Phase phase = Phase::kNone,
                     Caller caller = Caller::here());

  // How many file descriptors one takes.
  static const std::size_t kFiles;

  // Makes it readable, for good. Async-signal-safe and thread-safe.
  void wake() const;

 private:
  explicit Wakeup(Descriptor descriptor) : Descriptor(std::move(descriptor)) {}

  Descriptor write_end_;  // of the pipe
};
