// Exercise 4.1: what `co_await` asks a Future.
//
// Write the three functions that `co_await future` calls, in at most 8 lines. A
// Future is resolved once, with a value or with an error, and that may come
// before somebody awaits it, or after.
//
// Predict first: it is resolved already when it is awaited. Which of the three
// are called?
//
// The likeliest compile error:
//   no matching function for call to 'Future::await_suspend(
//   std::__n4861::coroutine_handle<Started::promise_type>&)'
// await_suspend is given the handle of the coroutine that waits. As a
// std::coroutine_handle<> it takes that of any coroutine.
#include <coroutine>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>

#include "tests/hands/hands_check.h"

class Future {
 public:
  bool resolved() const { return value_.has_value() || error_ != nullptr; }

  void resolve(int value) {
    value_ = value;
    resume_waiter();
  }
  void fail(const char* cause) {
    error_ = std::make_exception_ptr(std::runtime_error(cause));
    resume_waiter();
  }

  // --- write from here
  bool await_ready() const { return true; }
  void await_suspend(std::coroutine_handle<>) {}
  int await_resume() const { return 0; }
  // --- to here

 private:
  void resume_waiter() {
    if (waiter_) {
      waiter_.resume();
    }
  }

  std::optional<int> value_;
  std::exception_ptr error_;
  std::coroutine_handle<> waiter_;
};

// A coroutine that runs as soon as it is called, and that nobody awaits.
struct Started {
  struct promise_type {
    Started get_return_object() { return {}; }
    std::suspend_never initial_suspend() { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { throw; }
  };
};

Started wait_for(Future& future, std::string& said) {
  said = "waits";
  try {
    const int value = co_await future;
    said = "got " + std::to_string(value);
  } catch (const std::runtime_error& error) {
    said = error.what();
  } catch (...) {
    said = "something else was thrown";
  }
}

void resolved_before() {
  begin_check("resolved before it is awaited");
  Future future;
  std::string said;
  future.resolve(7);
  wait_for(future, said);
  require(said != "waits",
          "It has happened already, so nobody will resume the coroutine any "
          "more. Who can say that there is nothing to wait for?");
  require(said == "got 7",
          "co_await has a value: it is what await_resume returns.");
}

void resolved_after() {
  begin_check("resolved while it is awaited");
  Future future;
  std::string said;
  wait_for(future, said);
  require(said == "waits",
          "It went on before anything had happened. Either await_ready said "
          "that it needn't wait, or await_suspend has resumed it already.");
  future.resolve(8);
  require(said != "waits",
          "It has happened, and the coroutine still waits. Who knows whom to "
          "resume? await_suspend was given the handle.");
  require(said == "got 8", "It went on with another value than the Future's.");
}

void failed() {
  begin_check("failed, before and while");
  for (const bool before : {true, false}) {
    Future future;
    std::string said;
    if (before) {
      future.fail("no luck");
    }
    wait_for(future, said);
    if (!before) {
      future.fail("no luck");
    }
    require(said != "waits",
            "An error is a result too: with it the Future is resolved, and the "
            "coroutine needn't wait, or must be resumed. `resolved` knows.");
    require(said == "no luck",
            "await_resume runs in the coroutine that waits: what it throws "
            "comes out of the co_await. std::rethrow_exception throws what an "
            "exception_ptr points to.");
  }
}

int main() {
  return all_checks({resolved_before, resolved_after, failed});
}
