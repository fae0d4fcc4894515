// A Generator is a function that stops at a wait and can go on from there.
#pragma once

#include "common/base/recycled.h"
#include "future.h"

// A class by hand for what step 4 writes as a coroutine: parameters and locals
// are members, and so is `at_`, the place where it has stopped. Recycled, as
// step 4's frames are: the next one takes its memory.
class Generator : public Recycled {
 public:
  Generator() = default;
  Generator(const Generator&) = delete;
  Generator& operator=(const Generator&) = delete;
  virtual ~Generator() = default;

  // Runs to the next wait and returns the Future that it waits for, which the
  // Generator owns; null at the end. Throws what its body throws, and is at its
  // end then too.
  virtual Future* resume() = 0;
};
