// A Generator is a function that stops at a wait and can go on from there.
#pragma once

#include "common/base/recycled.h"
#include "future.h"

// What step 4 writes as a coroutine is a class here, written by hand.
// Parameters and locals are members, and so is `at_`, the place where it has
// stopped. Its memory is reused when it has ended: common/base/recycled.h.
class Generator : public Recycled {
 public:
  Generator() = default;
  Generator(const Generator&) = delete;
  Generator& operator=(const Generator&) = delete;
  virtual ~Generator() = default;

  // Runs to the next wait and returns the Future that is waited for, which the
  // Generator owns. Returns null at its end. When it throws, it has ended too.
  virtual Future* resume() = 0;
};
