// Future, Generator and Task of step 3.
#include <gtest/gtest.h>

#include <array>
#include <coroutine>
#include <optional>

#include "nested.h"
#include "task.h"
#include "tests/steps/observe.h"

namespace {

TEST(Future, CallsItsWaiterOnceAndKeepsItsResultForWhoeverAsksLater) {
  for (const bool fails : {false, true}) {
    Future future;
    Log log;
    const auto ask = [&future, &log] {
      log.push_back(error_of([&future] { future.result(); }));
    };
    future.subscribe(ask);
    EXPECT_FALSE(future.resolved());
    future.resolve(fails ? kError : nullptr);
    EXPECT_TRUE(future.resolved());
    const std::string outcome = fails ? "failed" : "";
    EXPECT_EQ(log, Log({outcome}));
    ask();
    EXPECT_EQ(log, Log({outcome, outcome}));
  }
}

TEST(Future, MayBeDestroyedByWhomItCalls) {
  std::optional<Future> future(std::in_place);
  future->subscribe([&future, mine = std::make_shared<int>()] {
    const std::weak_ptr<int> captured = mine;
    future.reset();
    EXPECT_FALSE(captured.expired()) << "the callback must outlive the call";
  });
  future->resolve();
}

using Futures = std::vector<Future*>;

struct Seen {
  Log log;
  Stack stack;
};

// Waits for each of `futures` in turn: a generator by hand,
struct ByHand : Generator {
  ByHand(Futures all, Seen& s) : futures(std::move(all)), seen(s) {}
  Future* resume() override {
    if (std::exchange(waiting, true)) {
      futures[next++]->result();
      seen.stack.note();
      seen.log.push_back(std::to_string(next));
    }
    return next < futures.size() ? futures[next] : nullptr;
  }
  bool waiting = false;
  const Futures futures;
  Seen& seen;
  std::size_t next = 0;
  const Local local{seen.log, "local"};
};

// and one that the compiler makes of a function with co_yield.
struct CoYield : Generator {
  struct promise_type {
    CoYield get_return_object() { return CoYield(*this); }
    std::suspend_always initial_suspend() { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    std::suspend_always yield_value(Future* yielded) {
      future = yielded;
      return {};
    }
    void return_void() { future = nullptr; }
    void unhandled_exception() { throw; }
    Future* future = nullptr;
  };

  explicit CoYield(promise_type& promise)
      : frame(std::coroutine_handle<promise_type>::from_promise(promise)) {}
  ~CoYield() override { frame.destroy(); }
  Future* resume() override {
    frame.resume();
    return frame.promise().future;
  }
  const std::coroutine_handle<promise_type> frame;
};

CoYield co_yielding(Futures futures, Seen& seen) {
  const Local local{seen.log, "local"};
  for (std::size_t i = 0; i < futures.size(); ++i) {
    co_yield futures[i];
    futures[i]->result();
    seen.stack.note();
    seen.log.push_back(std::to_string(i + 1));
  }
}

// Drives either of them.
class TaskTest : public testing::TestWithParam<bool> {
 protected:
  void drive(const Futures& futures) {
    Generator* const generator =
        GetParam() ? static_cast<Generator*>(new ByHand(futures, seen_))
                   : new CoYield(co_yielding(futures, seen_));
    task_.emplace(std::unique_ptr<Generator>(generator));
  }

  Seen seen_;
  std::array<Future, 5> futures_;
  std::optional<Task> task_;
};

INSTANTIATE_TEST_SUITE_P(ByHand, TaskTest, testing::Bool(),
                         testing::PrintToStringParamName());

TEST_P(TaskTest, GoesOnToTheNextUnresolvedFutureAndToTheEnd) {
  futures_[0].resolve();
  futures_[2].resolve();
  drive({&futures_[0], &futures_[1], &futures_[2], &futures_[3], &futures_[4]});
  EXPECT_EQ(seen_.log, Log()) << "ran before its first step";
  task_->step();
  futures_[4].resolve();
  EXPECT_EQ(seen_.log, Log({"1"})) << "it waits for the second";
  futures_[1].resolve();
  EXPECT_EQ(seen_.log, Log({"1", "2", "3"}));
  futures_[3].resolve();
  task_.reset();
  EXPECT_EQ(seen_.log, Log({"1", "2", "3", "4", "5", "~local"}));
}

TEST_P(TaskTest, ResolvedFuturesDoNotGrowTheStack) {
  futures_[0].resolve();
  drive(Futures(200'000, &futures_[0]));
  task_->step();
  EXPECT_EQ(seen_.stack.notes, 200'000U);
}

TEST_P(TaskTest, WhatTheGeneratorThrowsComesOutOfWhateverSteps) {
  drive({&futures_[0], &futures_[1]});
  task_->step();
  EXPECT_EQ(error_of([this] { futures_[0].resolve(kError); }), "failed");
  drive({&futures_[0], &futures_[1]});
  EXPECT_EQ(error_of([this] { task_->step(); }), "failed");
  task_.reset();
  EXPECT_EQ(seen_.log, Log({"~local", "~local"}));
}

TEST_P(TaskTest, DestroyedInTheMiddleDestroysWhatIsLocal) {
  drive({&futures_[0], &futures_[1]});
  task_->step();
  futures_[0].resolve();
  task_.reset();
  EXPECT_EQ(seen_.log, Log({"1", "~local"}));
}

TEST(Nested, AnEventReEntersEveryMachine) {
  for (const std::size_t depth : {1U, 5U, 20U}) {
    std::array<Future, 3> futures;
    std::size_t resumes = 0;
    Task task(std::make_unique<Nested>(depth, futures, resumes));
    task.step();
    for (Future& future : futures) {
      resumes = 0;
      future.resolve();
      EXPECT_EQ(resumes, depth) << "for one event";
    }
  }
}

}  // namespace
