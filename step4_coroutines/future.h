// A Future is one result to come, and a coroutine can await it.
//
// New since step 3: the three await_ members, and who waits is a coroutine.
#pragma once

#include <coroutine>
#include <exception>
#include <utility>

// Something that hasn't happened yet, or has, or has failed. It knows no loop.
// Not to be moved: whoever is to resolve it keeps its address. At most one
// waits.
class Future {
 public:
  Future() = default;
  Future(const Future&) = delete;
  Future& operator=(const Future&) = delete;

  bool resolved() const { return resolved_; }

  // It has happened, or failed with `error`: resumes whoever waits for it. Once
  // only. The waiter may destroy this Future before resolve() returns.
  void resolve(std::exception_ptr error = nullptr) {
    resolved_ = true;
    error_ = std::move(error);
    if (waiter_) {
      waiter_();
    }
  }

  // Throws the error if it failed. Only once resolved.
  void result() const {
    if (error_ != nullptr) {
      std::rethrow_exception(error_);
    }
  }

  // `co_await future` asks first whether there is anything to wait for,
  bool await_ready() const { return resolved(); }
  // then, with the coroutine suspended, says whom resolve() is to resume,
  void await_suspend(std::coroutine_handle<> waiter) { waiter_ = waiter; }
  // and when it goes on, what `co_await future` yields or throws.
  void await_resume() const { result(); }

 private:
  bool resolved_ = false;
  std::exception_ptr error_;
  std::coroutine_handle<> waiter_;
};
