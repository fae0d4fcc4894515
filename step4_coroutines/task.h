// A Task is a coroutine that another coroutine can await.
//
// New since step 3: the driver of a generator has become the coroutine's own
// type, and the generator has become the frame that the compiler makes.
//
// Usually `co_await child` suspends the parent first and starts the child from
// await_suspend. Children that finish at once then grow the stack in g++ 12 at
// -O0 and -O1 and under ASan; so here await_ready starts the child.
#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

// What the promises of all Tasks have in common. The compiler keeps a
// coroutine's promise in its frame and calls these members.
class PromiseBase {
 public:
  // At the call, before the body: lazy, so a call alone runs nothing.
  std::suspend_always initial_suspend() const noexcept { return {}; }

  // When the body has ended: stays suspended, so that the result can be fetched
  // and the Task can destroy the frame, and resumes the parent if it waits.
  auto final_suspend() const noexcept {
    struct ResumeParent : std::suspend_always {
      explicit ResumeParent(std::coroutine_handle<> parent) : parent_(parent) {}
      std::coroutine_handle<> await_suspend(std::coroutine_handle<>) noexcept {
        return parent_;
      }
      std::coroutine_handle<> parent_;
    };
    return ResumeParent(parent_);
  }

  // When the body has thrown. Nobody awaits a root, so there the exception goes
  // to whoever resumed it: out of the event loop.
  void unhandled_exception() {
    if (is_root_) {
      throw;
    }
    error_ = std::current_exception();
  }

 protected:
  void rethrow() const {
    if (error_ != nullptr) {
      std::rethrow_exception(error_);
    }
  }

 private:
  template <typename T>
  friend class Task;

  // Whom to resume at the end: nobody, until a parent has had to suspend.
  std::coroutine_handle<> parent_ = std::noop_coroutine();
  std::exception_ptr error_;
  bool is_root_ = false;
};

template <typename T>
class Promise : public PromiseBase {
 public:
  // `co_return value` leaves it here, for the parent to take.
  void return_value(T value) { value_.emplace(std::move(value)); }
  T result() {
    rethrow();
    return std::move(*value_);
  }

 private:
  std::optional<T> value_;
};

template <>
class Promise<void> : public PromiseBase {
 public:
  // `co_return`, or the end of the body.
  void return_void() const {}
  void result() const { rethrow(); }
};

// Owns the coroutine's frame: destroying the Task destroys what is local in the
// coroutine, wherever it stands. Await it at most once.
template <typename T = void>
class [[nodiscard]] Task {
 public:
  // Where the compiler looks for the promise's type.
  struct promise_type : Promise<T> {
    // At the call: makes what the caller gets.
    Task get_return_object() {
      return Task(std::coroutine_handle<promise_type>::from_promise(*this));
    }
  };

  Task(Task&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    std::swap(frame_, other.frame_);
    return *this;
  }
  ~Task() {
    if (frame_) {
      frame_.destroy();
    }
  }

  // Starts a root, which nobody awaits: runs it to its first wait.
  void start() {
    frame_.promise().is_root_ = true;
    frame_.resume();
  }
  bool done() const { return frame_.done(); }

  // `co_await task` runs the child, like a call, to its end or its first wait;
  bool await_ready() {
    frame_.resume();
    return frame_.done();
  }
  // if it waits, the parent is suspended, and the child's end resumes it;
  void await_suspend(std::coroutine_handle<> parent) {
    frame_.promise().parent_ = parent;
  }
  // then the parent takes what the child returned or threw.
  T await_resume() { return frame_.promise().result(); }

 private:
  explicit Task(std::coroutine_handle<promise_type> frame) : frame_(frame) {}

  std::coroutine_handle<promise_type> frame_;
};
