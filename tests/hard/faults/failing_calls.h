// Calls that fail when a test says so. The linker's --wrap hands them over to
// us (failing_calls_options in CMakeLists.txt), and operator new is replaced.
#pragma once

#include <string>
#include <vector>

// The `nth` call of `call` fails, counted from 1: with `error`, or by doing
// only a part of it (error 0), and if `ever_after`, so do all that follow it.
// Or if there is a `signal`, that comes just before the call, which succeeds.
struct Failure {
  std::string call = {};
  int nth = 0;
  int error = 0;
  bool ever_after = false;
  int signal = 0;
};

struct FailingCall {
  std::string name;
  std::vector<int> errors;         // that it can give
  std::vector<int> harmless = {};  // of those: a fetch goes on all the same
};

// All that can be made to fail, "operator new" being the last.
const std::vector<FailingCall>& failing_calls();

// The calls of this thread and of the threads that are started from now on are
// counted, and one of them fails.
void begin_failing(const Failure& failure);

// The calls of this thread don't count any more.
void leave_this_thread_alone();

// All calls of all threads do what they always do. Returns whether one failed.
bool end_failing();

// Whether one has failed so far, and how often `call` was called; also seen
// from a process that has been forked off before.
bool has_failed();
int times_called(const std::string& call);

// What `error` of `call` means, in the words of our failure lines.
std::string failure_text(const Failure& failure);
