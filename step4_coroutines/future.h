// A Future is one result to come, and a coroutine can await it.
//
// New since step 3: a coroutine waits for it, not a callback. The three await_
// members take the place of subscribe().
#pragma once

#include <coroutine>
#include <exception>
#include <utility>

// Something that hasn't happened yet, or has happened, or has failed. A Future
// knows no event loop. It can't be moved, since whoever is going to resolve it
// keeps its address. At most one coroutine waits for it.
class Future {
 public:
  Future() = default;
  Future(const Future&) = delete;
  Future& operator=(const Future&) = delete;

  bool resolved() const { return resolved_; }

  // It has happened, or failed with `error`: resumes the coroutine, if one
  // waits. Call this once. The coroutine may destroy this Future before
  // resolve() returns.
  void resolve(std::exception_ptr error = nullptr) {
    resolved_ = true;
    error_ = std::move(error);
    if (waiter_) {
      waiter_();
    }
  }

  // Throws the error if it failed. Call this when it is resolved.
  void result() const {
    if (error_ != nullptr) {
      std::rethrow_exception(error_);
    }
  }

  // `co_await future` calls these three. Is there nothing to wait for?
  bool await_ready() const { return resolved(); }
  // If there is, the coroutine is suspended. resolve() will resume it.
  void await_suspend(std::coroutine_handle<> waiter) { waiter_ = waiter; }
  // When the coroutine goes on: what does `co_await future` return or throw?
  void await_resume() const { result(); }

 private:
  bool resolved_ = false;
  std::exception_ptr error_;
  std::coroutine_handle<> waiter_;
};
