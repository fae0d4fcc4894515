// Exercise 4.3: two at once, in one coroutine.
//
// Two `co_await`s in a row are like two calls: the second is begun when the
// first has ended. Write `both`, in at most 8 lines, so that the two overlap.
// `begin` gives a Begun: a coroutine that runs from the call on, and that can
// be awaited later, whether it has ended meanwhile or not.
//
// Predict first: as `both` stands now, how many of the two have begun when it
// waits for the first time?
//
// The likeliest compile error:
//   use of deleted function 'constexpr Task<int>::Task(const Task<int>&)'
// Neither a Task nor a Begun can be copied, since it owns a frame. Hand a Task
// on by std::move, and keep a Begun in a local of its own.
#include <coroutine>
#include <exception>
#include <stdexcept>
#include <string>
#include <utility>

#include "step4_coroutines/future.h"
#include "step4_coroutines/task.h"
#include "tests/hands/hands_check.h"

class Begun {
 public:
  struct promise_type : Result<int> {
    Begun get_return_object() { return Begun(*this); }
    std::suspend_never initial_suspend() { return {}; }
    ResumeParent final_suspend() noexcept { return ResumeParent(parent); }
    void unhandled_exception() { error = std::current_exception(); }
    std::coroutine_handle<> parent = std::noop_coroutine();
    std::exception_ptr error;
  };

  explicit Begun(promise_type& promise)
      : frame_(std::coroutine_handle<promise_type>::from_promise(promise)) {}
  Begun(const Begun&) = delete;
  Begun& operator=(const Begun&) = delete;
  ~Begun() { frame_.destroy(); }

  bool await_ready() const { return frame_.done(); }  // perhaps long since
  void await_suspend(std::coroutine_handle<> parent) const {
    frame_.promise().parent = parent;
  }
  int await_resume() const {
    if (frame_.promise().error != nullptr) {
      std::rethrow_exception(frame_.promise().error);
    }
    return frame_.promise().take();
  }

 private:
  const std::coroutine_handle<promise_type> frame_;
};

// Owns `task`, which is a parameter and so part of the frame.
Begun begin(Task<int> task) {
  const int value = co_await task;
  co_return value;
}

// Begins both, then awaits a, then b; returns what they return, or throws what
// one of them throws.
Task<std::pair<int, int>> both(Task<int> a, Task<int> b) {
  // --- write from here
  const int from_a = co_await a;
  const int from_b = co_await b;
  co_return std::make_pair(from_a, from_b);
  // --- to here
}

struct Mark {
  ~Mark() { text += "gone "; }
  std::string& text;
};

// Marks when it begins, and when its frame is destroyed.
Task<int> visit(std::string& marks, Future& future, int value) {
  marks += "begun ";
  const Mark mark{marks};
  co_await future;
  co_return value;
}

Task<> use(std::string& marks, Future& first, Future& second) {
  try {
    const std::pair<int, int> values =
        co_await both(visit(marks, first, 3), visit(marks, second, 4));
    marks += "got " + std::to_string(values.first * 10 + values.second);
  } catch (const std::runtime_error& error) {
    marks += error.what();
  }
}

void two_at_once() {
  begin_check("two at once");
  std::string marks;
  Future first;
  Future second;
  Task<> task = use(marks, first, second);
  task.start();
  require(marks.starts_with("begun begun "),
          "Only one of the two has begun, so the second one's wait doesn't "
          "even start before the first has ended. Begin both, then await.");
  require(marks == "begun begun ",
          "Both have begun, and one has gone on although nothing has happened: "
          "co_await resumes a Task, and if that runs already, past its wait. "
          "What `begin` returns can be awaited while it runs.");
}

void in_either_order() {
  begin_check("in either order");
  for (const bool first_first : {true, false}) {
    std::string marks;
    Future first;
    Future second;
    Task<> task = use(marks, first, second);
    task.start();
    (first_first ? first : second).resolve();
    (first_first ? second : first).resolve();
    require(marks == "begun begun gone gone got 34",
            "Both have ended. Whichever was first, `both` goes on once there "
            "are two results, and they keep their places.");
  }
}

void one_fails() {
  begin_check("one fails");
  const auto failed = std::make_exception_ptr(std::runtime_error("no luck"));
  std::string marks;
  Future first;
  Future second;
  Task<> task = use(marks, first, second);
  task.start();
  second.resolve(failed);
  if (!marks.ends_with("no luck")) {  // else the first is given up already
    first.resolve();
  }
  require(marks.ends_with("no luck"),
          "What the second one threw must come out of `both`, in the coroutine "
          "that awaits it.");
}

void nothing_is_left() {
  begin_check("nothing is left when the other one fails");
  const auto failed = std::make_exception_ptr(std::runtime_error("no luck"));
  std::string marks;
  Future first;
  Future second;
  Task<> task = use(marks, first, second);
  task.start();
  first.resolve(failed);
  require(marks == "begun begun gone gone no luck",
          "The first has failed, so the second is not needed any more. It is "
          "destroyed where it stands if `both` owns it: as a local.");
}

int main() {
  return all_checks({two_at_once, in_either_order, one_fails, nothing_is_left});
}
