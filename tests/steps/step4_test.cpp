// Future and Task of step 4.
#include <gtest/gtest.h>

#include <array>
#include <memory>

#include "future.h"
#include "nested.h"
#include "task.h"
#include "tests/steps/observe.h"

namespace {

// `depth` coroutines, the innermost of which awaits the future.
Task<> level(int depth, Future& future, Log& log) {
  const Local local{log, std::to_string(depth)};
  if (depth > 1) {
    co_await level(depth - 1, future, log);
  } else {
    co_await future;
  }
  log.push_back("end " + std::to_string(depth));
}

Task<> catching(Future& future, Log& log) {
  try {
    co_await level(3, future, log);
  } catch (const std::runtime_error& error) {
    log.push_back(error.what());
  }
  log.push_back("went on");
}

Task<std::unique_ptr<int>> give(Future& future, std::unique_ptr<int> value) {
  co_await future;
  co_return value;
}

Task<> take(Task<std::unique_ptr<int>> child, Log& log) {
  std::unique_ptr<int> value;
  value = co_await child;  // `T value = co_await child` is an error in g++ 11
  log.push_back(std::to_string(*value));
}

// Each of them awaits a future that is resolved already, or only later.
class Awaited : public testing::TestWithParam<bool> {
 protected:
  // Starts `root` and resolves the future. Returns what comes out of whatever
  // has resumed the root, which is destroyed then.
  std::string run(Task<> root, const std::exception_ptr& error = nullptr) {
    if (GetParam()) {
      future_.resolve(error);
      return error_of([&root] { root.start(); });
    }
    root.start();
    return error_of([this, &error] { future_.resolve(error); });
  }

  Future future_;
  Log log_;
};

INSTANTIATE_TEST_SUITE_P(Resolved, Awaited, testing::Bool(),
                         testing::PrintToStringParamName());

TEST_P(Awaited, LetsEachLevelGoOnToItsEnd) {
  EXPECT_EQ(run(level(3, future_, log_)), "");
  EXPECT_EQ(log_, Log({"end 1", "~1", "end 2", "~2", "end 3", "~3"}));
}

TEST_P(Awaited, AnErrorUnwindsThreeLevelsToWhereItIsCaught) {
  EXPECT_EQ(run(catching(future_, log_), kError), "");
  EXPECT_EQ(log_, Log({"~1", "~2", "~3", "failed", "went on"}));
}

TEST_P(Awaited, WhatARootThrowsComesOutOfWhateverResumedIt) {
  EXPECT_EQ(run(level(3, future_, log_), kError), "failed");
  EXPECT_EQ(log_, Log({"~1", "~2", "~3"}));
}

TEST_P(Awaited, AResultThatCannotBeCopiedArrives) {
  EXPECT_EQ(run(take(give(future_, std::make_unique<int>(7)), log_)), "");
  EXPECT_EQ(log_, Log({"7"}));
}

Task<> logging(std::shared_ptr<int>, Log& log) {
  log.push_back("ran");
  co_return;
}

TEST(Task, ACallAloneRunsNothing) {
  const auto argument = std::make_shared<int>();
  Log log;
  {
    Task<> never_started = logging(argument, log);
    const Task<> moved = std::move(never_started);
    EXPECT_EQ(argument.use_count(), 2);
  }
  EXPECT_EQ(argument.use_count(), 1);
  EXPECT_EQ(log, Log()) << "a Task is lazy: only to start or await it runs it";
  Task<> started = logging(argument, log);
  started.start();
  EXPECT_EQ(log, Log({"ran"}));
}

TEST(Task, DestroyedWhileSuspendedDestroysLocalsInnermostFirst) {
  Log log;
  Future future;
  {
    Task<> root = level(3, future, log);
    root.start();
    EXPECT_EQ(log, Log());
  }
  EXPECT_EQ(log, Log({"~1", "~2", "~3"}));
}

// Its Future is destroyed by the time that resolve() returns.
Task<int> child(bool waits, Stack& stack, Future*& awaited) {
  if (waits) {
    Future future;
    awaited = &future;
    co_await future;
  }
  stack.note();
  co_return 1;
}

constexpr int kChildren = 200'000;

// One child after the other, one in `every` of which waits.
Task<> parent(int every, Stack& stack, Future*& awaited, int& ended) {
  for (int i = 0; i < kChildren; ++i) {
    const int one = co_await child(i % every == 0, stack, awaited);
    ended += one;
  }
}

TEST(Task, ChildrenDoNotGrowTheStackWhetherTheyWaitOrNot) {
  for (const int every : {1, 2, kChildren}) {
    Stack stack;
    Future* awaited = nullptr;
    int ended = 0;
    Task<> root = parent(every, stack, awaited, ended);
    root.start();
    while (awaited != nullptr) {
      std::exchange(awaited, nullptr)->resolve();
    }
    EXPECT_EQ(ended, kChildren) << "where one in " << every << " waits";
  }
}

TEST(Nested, AnEventResumesTheInnermostCoroutineDirectly) {
  std::vector<std::uintptr_t> lowest;
  for (const std::size_t depth : {1U, 5U, 20U}) {
    std::array<Future, 3> futures;
    Stack stack;
    std::size_t resumed = 0;
    Task<> root = nested(depth, futures, stack, resumed);
    root.start();
    for (Future& future : futures) {
      resumed = 0;
      future.resolve();
      EXPECT_EQ(resumed, &future == &futures.back() ? depth : 1)
          << "the outer coroutines are resumed only when the inner one ends";
    }
    lowest.push_back(stack.lowest);
  }
  EXPECT_EQ(lowest.front(), lowest.back())
      << "the outer coroutines are not on the stack";
}

}  // namespace
