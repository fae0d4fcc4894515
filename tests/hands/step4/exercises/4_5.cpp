// Exercise 4.5: whichever is first; the other one is given up.
//
// Write `first_of`, and an awaiter for it, in at most 20 lines. It begins both,
// waits until one of them has ended, and returns what that one has returned.
// The loser is destroyed where it stands, and so are the waits in it.
//
// Predict first: the deadline comes first. Which destructors run, and what do
// they do to the alarm that the other one waits for?
//
// The likeliest compile error:
//   no member named 'await_ready' in 'Either'
// What is awaited here is neither of the two but something that waits for both:
// a type of its own, with the three functions that `co_await` calls.
#include <exception>
#include <stdexcept>
#include <string>
#include <utility>

#include "step4_coroutines/task.h"
#include "tests/hands/hands_check.h"
#include "tests/hands/scripted_alarms.h"

// A coroutine that runs from the call on.
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

  bool done() const { return frame_.done(); }
  // Once its body has ended, this is resumed.
  void resume_at_end(std::coroutine_handle<> parent) const {
    frame_.promise().parent = parent;
  }
  // Call this when it is done.
  int result() const {
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

// --- write from here
Task<int> first_of(Task<int> a, Task<int> b) {
  const Begun second = begin(std::move(b));
  const int value = co_await a;
  co_return value;
}
// --- to here

struct Mark {
  ~Mark() { text += "gone "; }
  std::string& text;
};

Task<int> value_at(ScriptedAlarms& alarms, int time, int value,
                   std::string& marks) {
  const Mark mark{marks};
  co_await alarms.at(time);
  co_return value;
}

Task<int> error_at(ScriptedAlarms& alarms, int time) {
  co_await alarms.at(time);
  throw std::runtime_error("no luck");
}

Task<> use(Task<int> a, Task<int> b, std::string& said) {
  try {
    const int value = co_await first_of(std::move(a), std::move(b));
    said += "got " + std::to_string(value);
  } catch (const std::runtime_error& error) {
    said += error.what();
  }
}

void answer_first() {
  begin_check("the answer comes first");
  ScriptedAlarms alarms;
  std::string said;
  Task<> task =
      use(value_at(alarms, 3, 7, said), value_at(alarms, 10, -1, said), said);
  task.start();
  require(alarms.armed() == 2, "Both must have begun, or there is no race.");
  alarms.ring();
  require(said.ends_with("got 7"),
          "The answer is there, and nobody goes on. Whose end resumes the one "
          "that waits? That of either.");
  require(alarms.armed() == 0,
          "The deadline is still armed, and will ring for nobody. Its "
          "coroutine must be destroyed when `first_of` ends.");
}

void deadline_first() {
  begin_check("the deadline comes first");
  ScriptedAlarms alarms;
  std::string said;
  Task<> task =
      use(value_at(alarms, 30, 7, said), value_at(alarms, 10, -1, said), said);
  task.start();
  alarms.ring();
  require(said == "gone gone got -1",
          "The deadline has passed at 10, and the answer at 30 isn't needed "
          "any more: it is destroyed where it stands, and the result is that "
          "of the deadline.");
  require(alarms.armed() == 0, "The answer's alarm is still armed.");
}

void an_error_is_a_result() {
  begin_check("an error is a result");
  ScriptedAlarms alarms;
  std::string said;
  Task<> task = use(error_at(alarms, 3), value_at(alarms, 10, -1, said), said);
  task.start();
  alarms.ring();
  require(said == "gone no luck",
          "The first to end has thrown, and that is what comes out: result() "
          "throws it.");
  require(alarms.armed() == 0, "The deadline is still armed.");
}

int main() {
  return all_checks({answer_first, deadline_first, an_error_is_a_result});
}
