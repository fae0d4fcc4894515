// A Task drives a Generator from one wait to the next.
#pragma once

#include <memory>
#include <utility>

#include "generator.h"

// A Task owns its generator. Destroying the Task destroys the generator and
// those that it has called, wherever they stand. A Task can't be moved, since
// the Future that it waits for keeps its address.
class Task {
 public:
  explicit Task(std::unique_ptr<Generator> generator)
      : generator_(std::move(generator)) {}
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;

  // Resumes the generator, which runs to its next wait, and subscribes to the
  // Future that it returns. Whoever resolves that Future steps again. (One that
  // is resolved already is not waited for.) What the generator throws goes to
  // the caller of step(), and so comes out of the event loop.
  void step() {
    while (Future* const future = generator_->resume()) {
      if (!future->resolved()) {
        future->subscribe([this] { step(); });
        return;
      }
    }
  }

 private:
  std::unique_ptr<Generator> generator_;
};
