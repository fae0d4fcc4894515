// The lessons, as tests: what each failure message says is what there is to
// learn from the four steps. Those about coroutines use step 4's own classes,
// the others run the programs and the sketches.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <list>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "common/demo/slow_server.h"
#include "common/net/socket.h"
#include "step4_coroutines/event_loop.h"
#include "step4_coroutines/task.h"
#include "tests/support/places.h"
#include "tests/support/process.h"
#include "tests/support/scripted_server.h"

namespace {

// --- Coroutines ---

// Leaves a mark when it begins and one when it ends. In between it waits for
// something that only the test makes happen, so the marks come in one order.
Task<> visit(std::string& marks, char name, Future& future) {
  marks += name;
  marks += "( ";
  co_await future;
  marks += ')';
  marks += name;
  marks += ' ';
}

Task<> visit_in_a_row(std::string& marks, Future& a, Future& b) {
  co_await visit(marks, 'a', a);
  co_await visit(marks, 'b', b);
}

TEST(Lesson, CallingACoroutineRunsNothing) {
  std::string marks;
  Future future;
  Task<> task = visit(marks, 'a', future);
  EXPECT_EQ(marks, "")
      << "A lesson: calling a coroutine makes its frame and runs nothing. It "
         "runs when its Task is started or awaited.";
  task.start();
  EXPECT_EQ(marks, "a( ")
      << "A lesson: start() runs a coroutine right away, to its first wait.";
}

TEST(Lesson, ResolvingAFutureResumesWhoeverWaitsForIt) {
  std::string marks;
  Future future;
  Task<> task = visit(marks, 'a', future);
  task.start();
  future.resolve();
  EXPECT_EQ(marks, "a( )a ")
      << "A lesson: resolve() is who resumes a coroutine. It calls it like a "
         "function, and is back when the coroutine waits again or has ended.";
}

TEST(Lesson, TwoAwaitsInARowAreSequential) {
  std::string marks;
  Future a;
  Future b;
  Task<> task = visit_in_a_row(marks, a, b);
  task.start();
  EXPECT_EQ(marks, "a( ")
      << "A lesson: what stands after a co_await doesn't begin before it ends.";
  a.resolve();
  b.resolve();
  EXPECT_EQ(marks, "a( )a b( )b ")
      << "A lesson: two co_awaits in a row are sequential, like two calls.";
}

TEST(Lesson, TwoStartedTasksOverlap) {
  std::string marks;
  Future a;
  Future b;
  Task<> first = visit(marks, 'a', a);
  Task<> second = visit(marks, 'b', b);
  first.start();
  second.start();
  b.resolve();
  a.resolve();
  EXPECT_EQ(marks, "a( b( )b )a ")
      << "A lesson: to overlap, start both before you wait for either. Then "
         "they end in the order in which what they wait for happens.";
}

TEST(Lesson, CoAwaitDoesNotSuspendWhenThereIsNothingToWaitFor) {
  std::string marks;
  Future a;
  Future b;
  a.resolve();
  b.resolve();
  Task<> task = visit_in_a_row(marks, a, b);
  task.start();
  EXPECT_EQ(marks, "a( )a b( )b ")
      << "A lesson: co_await asks await_ready() first. Where there is nothing "
         "to wait for, nothing is suspended, and start() runs to the end.";
}

Task<> catch_what_is_thrown(std::string& marks, Future& future) {
  try {
    co_await visit_in_a_row(marks, future, future);
  } catch (const std::runtime_error&) {
    marks += "caught";
  }
}

TEST(Lesson, AnExceptionGoesToWhoeverAwaits) {
  std::string marks;
  Future future;
  Task<> task = catch_what_is_thrown(marks, future);
  task.start();
  future.resolve(std::make_exception_ptr(std::runtime_error("failed")));
  EXPECT_EQ(marks, "a( caught")
      << "A lesson: co_await throws what the awaited one has thrown, level by "
         "level, so that try and catch work round it as round a call.";
}

// --- Whose is the frame? ---

// One that is local in a coroutine, or a parameter of it, is made and freed
// with the frame.
class Counted {
 public:
  Counted() { ++made; }
  Counted(const Counted&) { ++made; }
  Counted& operator=(const Counted&) = delete;
  ~Counted() { ++freed; }

  static inline int made = 0;
  static inline int freed = 0;
};

// Awaits itself, `depth` levels deep; the innermost waits for `future`.
Task<int> descend(int depth, Counted parameter, Future& future) {
  const Counted local;
  if (depth == 0) {
    co_await future;
    co_return 0;
  }
  const int below = co_await descend(depth - 1, parameter, future);
  co_return below + 1;
}

Task<> three_levels(Future& future) {
  const Counted local;
  const int levels = co_await descend(2, local, future);
  EXPECT_EQ(levels, 2);
}

TEST(Lesson, ATaskOwnsItsFrameHoweverItEnds) {
  const auto failure = std::make_exception_ptr(std::runtime_error("failed"));
  const std::map<std::string, void (*)(std::exception_ptr)> endings = {
      {"it runs to the end",
       [](std::exception_ptr) {
         Future future;
         Task<> task = three_levels(future);
         task.start();
         future.resolve();
       }},
      {"an exception ends it",
       [](std::exception_ptr error) {
         Future future;
         Task<> task = three_levels(future);
         task.start();
         EXPECT_THROW(future.resolve(error), std::runtime_error);
       }},
      {"it is destroyed where it is suspended",
       [](std::exception_ptr) {
         Future future;
         Task<> task = three_levels(future);
         task.start();
       }},
      {"it is moved, and then destroyed where it is suspended",
       [](std::exception_ptr) {
         Future future;
         Task<> task = three_levels(future);
         task.start();
         std::vector<Task<>> tasks;
         tasks.push_back(std::move(task));
       }},
      {"it is never started", [](std::exception_ptr) {
         Future future;
         const Task<int> task = descend(0, Counted(), future);
       }}};
  for (const auto& [ending, act] : endings) {
    Counted::made = Counted::freed = 0;
    act(failure);
    EXPECT_GT(Counted::made, 0);
    EXPECT_EQ(Counted::freed, Counted::made)
        << "A lesson: a Task owns the coroutine's frame, and with it all that "
           "is in it, the frames that it awaits too: freed once, also when "
        << ending << ".";
  }
}

Task<> wait_for(EventLoop& loop, const Descriptor& descriptor,
                Deadline deadline, std::string& marks) {
  struct Scope {
    explicit Scope(std::string& text) : left(text) {}
    ~Scope() { left += "destructor "; }
    std::string& left;
  };
  const Counted local;
  const Scope scope(marks);
  try {
    co_await loop.readable(descriptor, deadline);
    marks += "ready ";
  } catch (const FetchError& error) {
    marks += std::string(error.what()) + ", ";
  }
}

Task<> end_the_run(EventLoop& loop, const Descriptor& descriptor) {
  const Counted local;
  co_await loop.readable(descriptor, kNoDeadline);
  throw std::logic_error("no FetchError");
}

TEST(Lesson, FramesAreFreedWhenTheRunEndsEarly) {
  std::string marks;
  std::list<Pipe> pipes(3);
  Counted::made = Counted::freed = 0;
  {
    EventLoop loop;
    std::vector<Task<>> tasks;
    for (Pipe& pipe : pipes) {
      tasks.push_back(&pipe == &pipes.back()
                          ? end_the_run(loop, pipe.read_end)
                          : wait_for(loop, pipe.read_end, kNoDeadline, marks));
      tasks.back().start();
    }
    pipes.back().write_end.close();
    EXPECT_THROW(loop.run(), std::logic_error);
    EXPECT_EQ(marks, "");
  }
  EXPECT_EQ(Counted::made, 3);
  EXPECT_EQ(Counted::freed, 3)
      << "A lesson: frames made are frames freed. When the loop ends early, "
         "those still suspended are destroyed where they stand.";
  EXPECT_EQ(marks, "destructor destructor ");
}

// --- Cancelling: a deadline resumes, destroying doesn't ---

TEST(Lesson, ADeadlineResumesTheOneThatWaitsWithAnError) {
  std::string marks;
  const Pipe pipe;
  EventLoop loop;
  Task<> task = wait_for(loop, pipe.read_end, Clock::now(), marks);
  task.start();
  EXPECT_EQ(marks, "") << "A deadline is noticed by the loop, not before.";
  loop.run();
  EXPECT_EQ(marks, "receive: timed out, destructor ")
      << "A lesson: a deadline resumes the suspended coroutine with an error. "
         "It runs on, so its catch runs, and its destructors.";
}

TEST(Lesson, DestroyingAFrameRunsItsDestructorsOnly) {
  std::string marks;
  Pipe pipe;
  EventLoop loop;
  {
    Task<> task = wait_for(loop, pipe.read_end, kNoDeadline, marks);
    task.start();
  }
  EXPECT_EQ(marks, "destructor ")
      << "A lesson: destroying the frame of a suspended coroutine runs the "
         "destructors of what is in it. The coroutine doesn't run: no catch.";
  pipe.write_end.close();  // would wake whoever still waits
  const auto run_and_exit = [&loop] {
    loop.run();
    std::exit(0);
  };
  EXPECT_EXIT(run_and_exit(), testing::ExitedWithCode(0), "")
      << "A lesson: whoever is destroyed while waiting must be forgotten by "
         "the loop first. That is what the destructor of Wait is for.";
}

// --- The four programs ---

const char* const kSteps[] = {"step1_blocking", "step2_callbacks",
                              "step3_generators", "step4_coroutines"};

std::vector<std::string> sorted_lines(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) {
    lines.push_back(line);
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

TEST(Lesson, OneFailingFetchDoesNotDisturbTheOthers) {
  const SlowServer server;
  const Descriptor refusing = refusing_port();
  const std::string bad =
      "http://127.0.0.1:" + std::to_string(bound_address(refusing).port()) +
      "/";
  for (const char* const step : kSteps) {
    std::vector<std::string> command = {kPrograms + step, "-c", "3"};
    for (int i = 0; i < 9; ++i) {
      command.push_back(
          i == 4 ? bad
                 : server.url("/" + std::to_string(i) + "?seconds=0&bytes=10"));
    }
    const Ended ended = run(command);
    const std::string lesson =
        std::string(
            "A lesson: one failing fetch among many is that fetch's "
            "own affair. Not so in ") +
        step;
    EXPECT_EQ(ended.err, bad + ": connect: connection refused\n") << lesson;
    EXPECT_EQ(ended.status, 1) << lesson;
    const std::vector<std::string> lines = sorted_lines(ended.out);
    ASSERT_EQ(lines.size(), 9U) << lesson << ":\n" << ended.out;
    for (std::size_t i = 0; i < 8; ++i) {  // the last one says what it took
      EXPECT_TRUE(lines[i].starts_with(command[3 + i + (i < 4 ? 0 : 1)] +
                                       ": 200 OK, 10 bytes, "))
          << lesson << ": " << lines[i];
    }
  }
}

// The CPU time, in seconds, of all children that have ended so far.
double cpu_of_children() {
  rusage usage;
  EXPECT_EQ(getrusage(RUSAGE_CHILDREN, &usage), 0);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) +
           static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

TEST(Lesson, WaitingInTheKernelBurnsNoCpu) {
  const double before = cpu_of_children();
  {
    std::list<Process> demos;
    for (const char* const step : kSteps) {
      demos.emplace_back(std::vector<std::string>{kPrograms + step});
    }
    for (Process& demo : demos) {
      EXPECT_EQ(demo.wait().status, 0);
    }
  }
  const double asleep = cpu_of_children() - before;
  Process wrong_turn({kPrograms + "step2_sketch_busy_wait"});
  EXPECT_EQ(wrong_turn.wait().status, 0);
  const double awake = cpu_of_children() - before - asleep;
  EXPECT_LT(asleep, awake)
      << "A lesson: asleep in the kernel until something is ready, programs "
         "that wait for nearly all of their time use nearly no CPU, all four "
         "together. The one that asks again and again uses all it can get.";
}

// --- The nine sketches ---

struct Ran {
  std::vector<std::string> lines;  // sorted, without "took ..."
  std::string took;
  int useful = 0;   // calls of recv(2) that returned something
  int useless = 0;  // those that had nothing to return yet
  int at_a_time = 0;
};

// Runs them all at once.
std::map<std::string, Ran> run_sketches(const std::vector<std::string>& names) {
  std::list<Process> running;
  for (const std::string& name : names) {
    running.emplace_back(
        std::vector<std::string>{kPrograms + "counted_" + name});
  }
  std::map<std::string, Ran> all;
  for (const std::string& name : names) {
    const Ended ended = running.front().wait();
    running.pop_front();
    Ran& ran = all[name];
    EXPECT_EQ(ended.status, 0) << name << ": " << ended.err;
    EXPECT_EQ(std::sscanf(ended.err.c_str(),
                          "useful %d useless %d at_a_time "
                          "%d",
                          &ran.useful, &ran.useless, &ran.at_a_time),
              3)
        << name << ": " << ended.err;
    ran.lines = sorted_lines(ended.out);
    if (!ran.lines.empty()) {
      ran.took = ran.lines.back();
      ran.lines.pop_back();
    }
  }
  return all;
}

const std::vector<std::string> kSerial = {"step1_sketch",
                                          "step2_sketch_busy_wait"};
const std::vector<std::string> kOverlapping = {
    "step2_sketch",          "step3_sketch_future",
    "step3_sketch",          "step3_sketch_yield_from",
    "step3_sketch_co_yield", "step4_sketch",
    "step4_sketch_nested"};

TEST(Lesson, NineWaysToWaitGetTheSameTwoAnswers) {
  std::vector<std::string> names = kSerial;
  names.insert(names.end(), kOverlapping.begin(), kOverlapping.end());
  for (const auto& [name, ran] : run_sketches(names)) {
    const std::vector<std::string> expected = {"/bar: HTTP/1.0 200 OK",
                                               "/foo: HTTP/1.0 200 OK"};
    EXPECT_EQ(ran.lines, expected)
        << "A lesson: a Future, a generator by hand, one made by the compiler "
           "and a coroutine are ways to wait. They change nothing in what "
           "comes of it. Not so in "
        << name;
    const bool overlaps = std::count(kSerial.begin(), kSerial.end(), name) == 0;
    EXPECT_EQ(ran.at_a_time, overlaps ? 2 : 1)
        << "A lesson: two fetches overlap if the program returns to its event "
           "loop whenever one of them has to wait, and only then. "
        << name << " had so many responses in progress at a time, and "
        << ran.took;
  }
}

TEST(Lesson, NonBlockingIsNotConcurrent) {
  const auto all = run_sketches({"step2_sketch_busy_wait", "step2_sketch"});
  const Ran& busy_wait = all.at("step2_sketch_busy_wait");
  const Ran& callbacks = all.at("step2_sketch");
  EXPECT_EQ(busy_wait.at_a_time, 1)
      << "A lesson: busy_wait never blocks, and is serial all the same: while "
         "it asks one socket again and again, nobody asks the other.";
  EXPECT_GT(busy_wait.useless / 100, busy_wait.useful)
      << "A lesson: to ask until there is an answer is to burn a CPU: over a "
         "hundred calls of recv(2) in vain for each that returns something.";
  EXPECT_GT(callbacks.useful, 2);
  EXPECT_LT(callbacks.useless, callbacks.useful / 10)
      << "A lesson: who asks only when the kernel says that a socket is ready "
         "asks almost never in vain.";
}

}  // namespace
