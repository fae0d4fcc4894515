// Exercise 4.2: a coroutine that another one can await.
//
// Write what happens when a Task is awaited, and what when its body has ended:
// four functions, in at most 16 lines. The child is started when it is awaited.
// If it has to wait, its parent waits too; when it ends, its parent goes on,
// with the value that the child has returned, or with what it has thrown.
//
// Predict first: a child ends without ever waiting. Is its parent suspended?
//
// The likeliest compile error:
//   'struct Task::promise_type' has no member named 'parents'
// (or the like.) What the child's end must know is kept in its promise:
// `parent`, `value` and `error` are there already. `frame_.promise()` is that
// promise.
#include <coroutine>
#include <exception>
#include <stdexcept>
#include <utility>

#include "tests/hands/hands_check.h"

class Task {
 public:
  struct promise_type;
  using Handle = std::coroutine_handle<promise_type>;

  // What a coroutine awaits after its body. The coroutine stays suspended, and
  // what await_suspend returns is resumed in its place.
  struct End {
    bool await_ready() noexcept { return false; }
    std::coroutine_handle<> await_suspend(Handle child) noexcept {
      return next_after(child.promise());
    }
    void await_resume() noexcept {}
  };

  struct promise_type {
    Task get_return_object() { return Task(Handle::from_promise(*this)); }
    std::suspend_always initial_suspend() { return {}; }
    End final_suspend() noexcept { return {}; }
    void return_value(int returned) { value = returned; }
    void unhandled_exception() { error = std::current_exception(); }

    std::coroutine_handle<> parent = std::noop_coroutine();  // does nothing
    int value = 0;
    std::exception_ptr error;
  };

  explicit Task(Handle frame) : frame_(frame) {}
  Task(Task&& other) noexcept : frame_(std::exchange(other.frame_, {})) {}
  ~Task() {
    if (frame_) {
      frame_.destroy();
    }
  }

  void start() { frame_.resume(); }
  bool done() const { return frame_.done(); }
  int value() const { return frame_.promise().value; }

  // --- write from here
  bool await_ready() { return true; }
  void await_suspend(std::coroutine_handle<>) {}
  int await_resume() { return 0; }
  // Who is to be resumed when this child has ended?
  static std::coroutine_handle<> next_after(const promise_type&) noexcept {
    return std::noop_coroutine();
  }
  // --- to here

 private:
  Handle frame_;
};

// Something to wait for: open() resumes the coroutine that waits.
struct Gate {
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> handle) { waiter = handle; }
  void await_resume() const {}
  void open() { std::exchange(waiter, {}).resume(); }
  std::coroutine_handle<> waiter = {};
};

int begun = 0;  // of seven()

Task seven() {
  ++begun;
  co_return 7;
}

Task after(Gate& gate) {
  co_await gate;
  co_return 8;
}

Task failing() {
  throw std::runtime_error("no luck");
  co_return 0;
}

Task failing_after(Gate& gate) {
  co_await gate;
  throw std::runtime_error("no luck");
  co_return 0;
}

Task plus_one(Task child) {
  const int value = co_await child;
  co_return value + 1;
}

Task caught(Task child) {
  try {
    const int value = co_await child;
    co_return value;
  } catch (const std::runtime_error&) {
    co_return -1;
  }
}

Task deep(int levels, Gate& gate) {
  if (levels == 0) {
    co_await gate;
    co_return 0;
  }
  Task child = deep(levels - 1, gate);
  const int value = co_await child;
  co_return value + 1;
}

Task sum(int children) {
  int total = 0;
  for (int i = 0; i < children; ++i) {
    Task child = seven();
    const int value = co_await child;
    total += value - 6;
  }
  co_return total;
}

void child_that_ends_at_once() {
  begin_check("a child that ends at once");
  Task parent = plus_one(seven());
  parent.start();
  require(begun == 1,
          "The child was not started, or more than once. A call alone runs "
          "nothing: whoever awaits a Task starts it.");
  require(parent.done(),
          "The child had nothing to wait for, and still its parent is "
          "suspended. Nobody is going to resume it: the child has ended.");
  require(parent.value() == 8,
          "co_await has a value: what the child gave to co_return. What does "
          "await_resume return?");
}

void child_that_waits() {
  begin_check("a child that waits");
  Gate gate;
  Task parent = plus_one(after(gate));
  parent.start();
  require(!parent.done(),
          "The child waits at the gate, and its parent has gone on without "
          "its value.");
  gate.open();
  require(
      parent.done(),
      "The child has ended, and its parent is suspended still. "
      "await_suspend was given the parent's handle; next_after is to return "
      "it at the child's end.");
  require(parent.value() == 9, "The parent went on with another value.");
}

void child_that_throws() {
  begin_check("a child that throws");
  Task parent = caught(failing());
  parent.start();
  require(
      parent.done() && parent.value() == -1,
      "What a child throws belongs to its parent: await_resume, which runs "
      "in the parent, can throw it there. std::rethrow_exception throws what "
      "an exception_ptr points to.");
}

void child_that_waits_and_throws() {
  begin_check("a child that waits, and then throws");
  Gate gate;
  Task parent = caught(failing_after(gate));
  parent.start();
  gate.open();
  require(
      parent.done(),
      "The child has thrown, and its parent is suspended still. That was an "
      "end too: next_after is to return the parent.");
  require(
      parent.value() == -1,
      "The child threw after its wait, and its parent went on as if nothing "
      "had happened. When await_ready was called, there was no error yet.");
}

void a_thousand_deep() {
  begin_check("a thousand deep");
  Gate gate;
  Task root = deep(1000, gate);
  root.start();
  gate.open();
  require(root.done(),
          "Each end resumes one parent, so a thousand ends resume a thousand.");
  require(root.value() == 1000,
          "All have ended, and the value is another: each must get that of its "
          "own child.");
}

void a_million_children() {
  begin_check("a million children, one after the other",
              "a million children that have nothing to wait for");
  Task root = sum(1'000'000);
  root.start();
  require(root.done() && root.value() == 1'000'000,
          "One of a million children that ended at once was not counted.");
}

int main() {
  return all_checks({child_that_ends_at_once, child_that_waits,
                     child_that_throws, child_that_waits_and_throws,
                     a_thousand_deep, a_million_children});
}
