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

// The part of a promise that keeps what the coroutine returns, until the parent
// takes it. `co_return value` calls return_value.
template <typename T>
struct Result {
  void return_value(T result) { value.emplace(std::move(result)); }
  T take() { return std::move(*value); }
  std::optional<T> value;
};

// The same for a coroutine without a value: its end calls return_void.
template <>
struct Result<void> {
  void return_void() {}
  void take() {}
};

// What a coroutine awaits after its body. The coroutine stays suspended, so
// that its Task can take the result, and its parent is resumed: whatever handle
// await_suspend returns is resumed next. (The no-op coroutine does nothing.)
struct ResumeParent : std::suspend_always {
  explicit ResumeParent(std::coroutine_handle<> handle) : parent(handle) {}
  std::coroutine_handle<> await_suspend(std::coroutine_handle<>) noexcept {
    return parent;
  }
  std::coroutine_handle<> parent;
};

// A Task owns the frame of its coroutine. Destroying the Task destroys the
// frame and every local in it, wherever the coroutine stands. Await it once, or
// start it.
template <typename T = void>
class [[nodiscard]] Task {
 public:
  // The compiler looks for this type, and makes one in the frame of each
  // coroutine that returns a Task. Its `operator new` allocates the whole
  // frame; here that is Recycled's.
  struct promise_type : Result<T>, Recycled {
    // Called first: makes the Task that the caller gets.
    Task get_return_object() { return Task(Handle::from_promise(*this)); }
    // Called before the body: stops there, so a call alone runs nothing.
    std::suspend_always initial_suspend() noexcept { return {}; }
    // Called after the body: stops there too, and resumes a suspended parent.
    ResumeParent final_suspend() noexcept { return ResumeParent(parent); }
    // Called when the body throws. The parent will get the exception. A root
    // has no parent, so there it goes on to whoever resumed the root, and comes
    // out of the event loop.
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

  // Runs the coroutine to its first wait. It is a root: nobody awaits it.
  void start() {
    frame_.promise().is_root = true;
    frame_.resume();
  }

  // `co_await task` calls these three. First, the child runs like a function,
  // to its end or to its first wait. (Most libraries start it in await_suspend.
  // With that, in g++ 12 without -O2, a million children that end at once would
  // overflow the stack.)
  bool await_ready() {
    frame_.resume();
    return frame_.done();
  }
  // If the child waits, the parent is suspended. final_suspend resumes it.
  void await_suspend(std::coroutine_handle<> parent) {
    frame_.promise().parent = parent;
  }
  // When the parent goes on, it gets what the child has returned or thrown.
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
