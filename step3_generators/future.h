// A Future is one result to come, and a callback can subscribe to it.
#pragma once

#include <exception>
#include <functional>
#include <utility>

// Something that hasn't happened yet, or has happened, or has failed. A Future
// knows no event loop. It can't be moved, since whoever is going to resolve it
// keeps its address. At most one callback waits for it.
class Future {
 public:
  Future() = default;
  Future(const Future&) = delete;
  Future& operator=(const Future&) = delete;

  bool resolved() const { return resolved_; }

  // It has happened, or failed with `error`: calls the callback, if one has
  // subscribed. Call this once. The callback may destroy this Future before
  // resolve() returns.
  void resolve(std::exception_ptr error = nullptr) {
    resolved_ = true;
    error_ = std::move(error);
    if (waiter_) {
      std::exchange(waiter_, nullptr)();
    }
  }

  // Throws the error if it failed. Call this when it is resolved.
  void result() const {
    if (error_ != nullptr) {
      std::rethrow_exception(error_);
    }
  }

  // Says whom resolve() will call. Call this before it is resolved: afterwards
  // there is nothing to wait for.
  void subscribe(std::function<void()> waiter) { waiter_ = std::move(waiter); }

 private:
  bool resolved_ = false;
  std::exception_ptr error_;
  std::function<void()> waiter_;
};
