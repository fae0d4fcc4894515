// Two at once inside a coroutine: begin both, then await both. Libraries call
// it when_all.
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "step4_coroutines/future.h"
#include "step4_coroutines/task.h"

namespace {

// A coroutine type with the hooks of Task and two other answers: the call runs
// it at once, and co_await runs nothing.
class [[nodiscard]] Begun {
 public:
  struct promise_type {
    Begun get_return_object() { return Begun(*this); }
    std::suspend_never initial_suspend() noexcept { return {}; }  // eager
    ResumeParent final_suspend() noexcept { return ResumeParent(parent); }
    void return_void() {}
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
  void await_resume() const {
    if (frame_.promise().error != nullptr) {
      std::rethrow_exception(frame_.promise().error);
    }
  }

 private:
  const std::coroutine_handle<promise_type> frame_;
};

// Owns `task`, since a parameter is part of the frame.
Begun begin(Task<> task) {
  co_await task;
}

struct Marks {
  ~Marks() { text += "gone "; }
  std::string& text;
};

// Leaves a mark when it begins and one when it ends.
Task<> visit(std::string& marks, char name, Future& future) {
  marks += name;
  marks += "( ";
  co_await future;
  marks += ')';
  marks += name;
  marks += ' ';
}

Task<> two_at_once(std::string& marks, Future& a, Future& b) {
  const Marks local{marks};
  const Begun first = begin(visit(marks, 'a', a));
  const Begun second = begin(visit(marks, 'b', b));
  co_await first;
  co_await second;
  marks += "both ";
}

class TwoAtOnce : public testing::Test {
 protected:
  std::string marks_;
  Future a_;
  Future b_;
};

TEST_F(TwoAtOnce, OverlapAndEndInEitherOrder) {
  for (const bool a_first : {true, false}) {
    std::string marks;
    Future a;
    Future b;
    Task<> task = two_at_once(marks, a, b);
    task.start();
    EXPECT_EQ(marks, "a( b( ") << "begun before either is awaited";
    (a_first ? a : b).resolve();
    (a_first ? b : a).resolve();
    EXPECT_EQ(marks,
              a_first ? "a( b( )a )b both gone " : "a( b( )b )a both gone ");
  }
}

TEST_F(TwoAtOnce, MayBothHaveEndedBeforeTheyAreAwaited) {
  a_.resolve();
  b_.resolve();
  Task<> task = two_at_once(marks_, a_, b_);
  task.start();
  EXPECT_EQ(marks_, "a( )a b( )b both gone ");
}

// Awaited in this order, what the second throws waits for the first to end.
TEST_F(TwoAtOnce, AnErrorOfEitherComesOutOfItsCoAwait) {
  const auto failed = std::make_exception_ptr(std::runtime_error("failed"));
  Task<> task = two_at_once(marks_, a_, b_);
  task.start();
  b_.resolve(failed);
  EXPECT_EQ(marks_, "a( b( ");
  EXPECT_THROW(a_.resolve(), std::runtime_error);
  EXPECT_EQ(marks_, "a( b( )a gone ");
}

TEST_F(TwoAtOnce, AnErrorOfTheFirstDestroysTheSecondWhereItStands) {
  const auto failed = std::make_exception_ptr(std::runtime_error("failed"));
  Task<> task = two_at_once(marks_, a_, b_);
  task.start();
  EXPECT_THROW(a_.resolve(failed), std::runtime_error);
  EXPECT_EQ(marks_, "a( b( gone ");
}

TEST_F(TwoAtOnce, AreDestroyedWithWhoeverHasBegunThem) {
  {
    Task<> task = two_at_once(marks_, a_, b_);
    task.start();
  }
  EXPECT_EQ(marks_, "a( b( gone ");
}

}  // namespace
