// A Task is a coroutine that another coroutine can await.
//
// New since step 3: the driver of a generator has become the coroutine's own
// type, and the generator has become the frame that the compiler makes.
#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

#include "common/base/recycled.h"

// Where `co_return value` leaves the value, for the parent (whoever awaits).
template <typename T>
struct Result {
  void return_value(T result) { value.emplace(std::move(result)); }
  T take() { return std::move(*value); }
  std::optional<T> value;
};

// The same for `co_return`, or the end of the body.
template <>
struct Result<void> {
  void return_void() {}
  void take() {}
};

// What a coroutine awaits at its very end: stays suspended, so that its Task
// can take the result, and resumes the parent. (An await_suspend that returns a
// handle has that one resumed in its place; the no-op coroutine does nothing.)
struct ResumeParent : std::suspend_always {
  explicit ResumeParent(std::coroutine_handle<> handle) : parent(handle) {}
  std::coroutine_handle<> await_suspend(std::coroutine_handle<>) noexcept {
    return parent;
  }
  std::coroutine_handle<> parent;
};

// Owns the coroutine's frame: destroying the Task destroys what is local in the
// coroutine, wherever it stands. Await it once, or start it.
template <typename T = void>
class [[nodiscard]] Task {
 public:
  // What the compiler asks of a coroutine that returns a Task. It lies in the
  // frame, all of which its operator new makes, that of Recycled.
  struct promise_type : Result<T>, Recycled {
    // At the call: makes what the caller gets.
    Task get_return_object() { return Task(Handle::from_promise(*this)); }
    // Before the body: lazy, so a call alone runs nothing.
    std::suspend_always initial_suspend() noexcept { return {}; }
    // After the body: resumes the parent, if it had to suspend.
    ResumeParent final_suspend() noexcept { return ResumeParent(parent); }
    // When the body throws. Nobody awaits a root, so what it throws goes to
    // whoever resumed it: out of the event loop.
    void unhandled_exception() {
      if (is_root) {
        throw;
      }
      error = std::current_exception();
    }

    std::coroutine_handle<> parent = std::noop_coroutine();
    std::exception_ptr error;
    bool is_root = false;
  };

  Task(Task&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  ~Task() {
    if (frame_) {
      frame_.destroy();
    }
  }

  // Runs a root, which nobody awaits, to its first wait.
  void start() {
    frame_.promise().is_root = true;
    frame_.resume();
  }

  // `co_await task` runs the child, like a call, to its end or its first wait.
  // In one thread nobody resumes it before its parent is suspended. (To start
  // it from await_suspend is more usual, but lets children that end at once
  // pile up on the stack in g++ 12 at -O0, -O1 and under ASan.)
  bool await_ready() {
    frame_.resume();
    return frame_.done();
  }
  // If it waits, the parent is suspended, and resumed when the child ends.
  void await_suspend(std::coroutine_handle<> parent) {
    frame_.promise().parent = parent;
  }
  // Then the parent takes what the child has returned or thrown.
  T await_resume() {
    if (frame_.promise().error != nullptr) {
      std::rethrow_exception(frame_.promise().error);
    }
    return frame_.promise().take();
  }

 private:
  using Handle = std::coroutine_handle<promise_type>;
  explicit Task(Handle frame) : frame_(frame) {}
  Handle frame_;
};
