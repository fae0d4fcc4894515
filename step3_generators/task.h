// A Task drives a Generator from one wait to the next.
#pragma once

#include <memory>
#include <utility>

#include "generator.h"

// Owns the generator: destroying the Task destroys what is local in it and in
// those that it has called, wherever they stand. Must not be moved, since the
// Future waited for keeps its address.
class Task {
 public:
  explicit Task(std::unique_ptr<Generator> generator)
      : generator_(std::move(generator)) {}
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;

  // Resumes the generator and subscribes to the Future that it returns, whose
  // resolution steps again (one resolved already: at once); and so on to the
  // end. What the generator throws goes to whoever steps: out of the loop.
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
