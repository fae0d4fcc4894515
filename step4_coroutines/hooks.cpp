// A coroutine, and beside it by hand what the compiler makes of it. Both call
// the same promise and the same awaiter. Each hook says its name when called.
#include <coroutine>

#include "common/demo/two_columns.h"

std::function<void()> resume_waiter = [] {};  // set by whoever waits
using Stop = std::suspend_always;

// What the compiler calls when the function is called, and when it ends.
struct Promise {
  Promise() { say("promise made"); }
  ~Promise() { say("promise destroyed"); }
  Promise* get_return_object() { return say("get_return_object", this); }
  Stop initial_suspend() { return say("initial_suspend", Stop()); }
  void return_value(int) { say("return_value"); }
  void unhandled_exception() { say("unhandled_exception"); }
  Stop final_suspend() noexcept { return say("final_suspend", Stop()); }
};

enum class Case { ready, suspended, throwing };

// What it calls at co_await.
struct Awaiter {
  explicit Awaiter(Case c) : which(c) { say("awaiter made"); }
  bool await_ready() { return say("await_ready", which == Case::ready); }
  void await_suspend(std::function<void()> resume) {  // or: the handle
    resume_waiter = say("await_suspend", resume);
  }
  int await_resume() {
    say("await_resume");
    return which == Case::throwing ? throw std::runtime_error("failed") : 7;
  }
  const Case which;
};

// What the caller gets, a handle (made of the promise), and the coroutine.
struct Handle : std::coroutine_handle<Promise> {
  using promise_type = Promise;
  Handle(Promise* promise) : coroutine_handle(from_promise(*promise)) {}
};
Handle compiled(Case which) {
  const int value = co_await Awaiter(which);
  co_return value;
}

// The same by hand. First the frame: it keeps what must outlive a wait, and
// resume() is the body, cut where it can wait.
struct Frame {
  void resume() {
    try {
      switch (at) {
        case At::start:
          awaiter.emplace(which);  // co_await Awaiter(which), from here ...
          if (!awaiter->await_ready()) {
            at = At::awaiting;
            awaiter->await_suspend([this] { resume(); });
            return;  // to whoever called resume()
          }
          [[fallthrough]];
        case At::awaiting:
          const int value = awaiter->await_resume();  // ... to here
          promise.return_value(value);
      }
    } catch (...) {
      promise.unhandled_exception();
    }
    promise.final_suspend();
  }
  void destroy() { delete this; }

  const Case which;  // the parameter
  Promise promise = {};
  std::optional<Awaiter> awaiter = {};  // (the compiler's dies sooner)
  enum class At { start, awaiting } at = At::start;
};

// Then the call: it makes a frame on the heap, and doesn't run the body yet.
Frame& by_hand(Case which) {
  auto* const frame = new Frame{which};
  frame->promise.get_return_object();
  frame->promise.initial_suspend();
  return *frame;
}

Lines run(auto&& frame) {
  frame.resume();
  std::exchange(resume_waiter, [] {})();  // the event loop's part
  frame.destroy();
  return std::exchange(said, {});
}

int main() {
  bool equal = true;
  for (const Case which : {Case::ready, Case::suspended, Case::throwing}) {
    const Lines left = run(compiled(which));
    equal = print_columns(left, run(by_hand(which))) && equal;
  }
  return equal ? 0 : 1;
}
