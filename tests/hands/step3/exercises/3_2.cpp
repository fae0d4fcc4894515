// Exercise 3.2: a generator that leaves part of its work to another one.
//
// Write `Outer::resume`, in at most 16 lines. Outer has Inner do its part
// first; then it waits for `last_` itself, and then it has ended. In Python it
// would be:
//
//     result = yield from inner(first, second)
//     marks += "inner said " + result
//     yield last
//     marks += "end"
//
// Predict first: while Inner waits for its second Future, which of the two does
// the Task resume?
//
// The likeliest compile error:
//   jump to case label ... crosses initialization of 'Future* future'
// A `case` further down would jump over the variable into its scope. Let the
// scope end before: if (Future* const future = ...) { ... }
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "tests/hands/hands_check.h"

struct Future {
  void subscribe(std::function<void()> f) { callback = std::move(f); }
  void resolve() { std::exchange(callback, nullptr)(); }
  std::function<void()> callback;
};

// Runs to its next wait, and returns its Future; null at the end.
struct Generator {
  virtual ~Generator() = default;
  virtual Future* resume() = 0;
};

// Drives a generator: each Future it returns will call step() again.
struct Task {
  void step() {
    if (Future* const future = generator.resume()) {
      future->subscribe([this] { step(); });
    } else {
      ended = true;
    }
  }
  Generator& generator;
  bool ended = false;
};

class Inner : public Generator {
 public:
  Inner(Future& first, Future& second, std::string& marks)
      : first_(first), second_(second), marks_(marks) {
    marks_ += "inner made, ";
  }
  ~Inner() override { marks_ += "inner gone, "; }

  Future* resume() override {
    marks_ += "inner, ";
    switch (at_) {
      case At::start:
        at_ = At::first;
        return &first_;
      case At::first:
        at_ = At::second;
        return &second_;
      case At::second:
        break;
    }
    return nullptr;
  }
  std::string result() const { return "done, "; }

 private:
  enum class At { start, first, second } at_ = At::start;
  Future& first_;
  Future& second_;
  std::string& marks_;
};

class Outer : public Generator {
 public:
  Outer(Future& first, Future& second, Future& last, std::string& marks)
      : first_(first), second_(second), last_(last), marks_(marks) {}

  Future* resume() override {
    marks_ += "outer, ";
    // --- write from here
    inner_.emplace(first_, second_, marks_);
    inner_->resume();
    inner_->resume();
    marks_ += "inner said " + inner_->result();
    return nullptr;
    // --- to here
  }

 private:
  enum class At { start, inside, last } at_ = At::start;
  Future& first_;
  Future& second_;
  Future& last_;
  std::string& marks_;
  std::optional<Inner> inner_;
};

struct Run {
  Future first, second, last;
  std::string marks;
};

void waits_for_what_inner_waits_for() {
  begin_check("it waits for what Inner waits for");
  Run run;
  Outer outer(run.first, run.second, run.last, run.marks);
  Future* const future = outer.resume();
  require(future == &run.first,
          "Inner has returned the Future that it waits for. Outer can't go on "
          "before that either, so it hands the Future on: it returns it.");
}

void inner_is_made_once() {
  begin_check("Inner is made once");
  Run run;
  Outer outer(run.first, run.second, run.last, run.marks);
  Task task{outer};
  task.step();
  run.first.resolve();
  require(!run.marks.starts_with("outer, inner made, inner, inner gone"),
          "Inner is gone, and hadn't ended: a local ends with its function. "
          "What must outlive a wait is a member, `inner_`.");
  require(
      run.marks.find("made", run.marks.find("made") + 1) == std::string::npos,
      "At the second resume() Outer made Inner anew, and its place was "
      "lost. `at_` must say that Outer stands inside Inner.");
  require(run.marks.starts_with("outer, inner made, inner, outer, inner, "),
          "The Task resumes Outer, and Outer resumes Inner, each time.");
}

void goes_on_after_inner() {
  begin_check("it goes on when Inner has ended");
  Run run;
  Outer outer(run.first, run.second, run.last, run.marks);
  Task task{outer};
  task.step();
  run.first.resolve();
  require(run.second.callback != nullptr,
          "Inner waits for its second Future, and nobody has subscribed to "
          "that: Outer didn't hand it on. It took one wait for the end.");
  run.second.resolve();
  require(run.marks.find("inner said done, ") != std::string::npos,
          "Inner has returned null: it has ended, and Outer goes on below.");
  require(!task.ended && run.last.callback != nullptr,
          "Then Outer waits for `last_`, as for any Future.");
  run.last.resolve();
  require(task.ended && run.marks.ends_with("end"),
          "After the last wait it writes \"end\" and returns null.");
}

void destroyed_half_way() {
  begin_check("it can be destroyed half-way");
  Run run;
  {
    Outer outer(run.first, run.second, run.last, run.marks);
    Task task{outer};
    task.step();
    run.first.resolve();
  }
  require(run.marks.ends_with("inner gone, "),
          "Outer is gone while Inner waits, so Inner has to be gone too.");
}

int main() {
  return all_checks({waits_for_what_inner_waits_for, inner_is_made_once,
                     goes_on_after_inner, destroyed_half_way});
}
