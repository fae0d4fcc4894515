// A generator that counts, twice: by hand, and by the compiler. No network.
#include <coroutine>
#include <cstdio>

// By hand: the loop's variable is a member, and so is the place where it
// stopped.
class Count {
 public:
  explicit Count(int last) : last_(last) {}

  // Runs to the next value. Returns whether there is one.
  bool resume() {
    switch (at_) {
      case At::start:
        i_ = 1;
        break;
      case At::yielding:
        ++i_;
    }
    at_ = At::yielding;
    return i_ <= last_;
  }

  int value() const { return i_; }

 private:
  enum class At { start, yielding } at_ = At::start;
  const int last_;
  int i_ = 0;
};

// What the compiler needs to know to do the same for any function that says
// co_yield: what its caller gets, and when to stop.
class Generator {
 public:
  struct promise_type {
    // At the call: makes the Generator that the caller gets.
    Generator get_return_object() { return Generator(*this); }
    // Before the body, and after it: stop.
    std::suspend_always initial_suspend() { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    // At each `co_yield i`: note i, and stop.
    std::suspend_always yield_value(int i) {
      value = i;
      return {};
    }
    void return_void() {}
    void unhandled_exception() { throw; }  // out of resume()
    int value = 0;
  };

  // The promise is part of the frame, so from its address one has the frame's.
  explicit Generator(promise_type& promise)
      : frame_(std::coroutine_handle<promise_type>::from_promise(promise)) {}
  Generator(const Generator&) = delete;
  Generator& operator=(const Generator&) = delete;
  ~Generator() { frame_.destroy(); }

  bool resume() {
    frame_.resume();
    return !frame_.done();
  }

  int value() const { return frame_.promise().value; }

 private:
  const std::coroutine_handle<promise_type> frame_;
};

Generator count(int last) {
  for (int i = 1; i <= last; ++i) {
    co_yield i;
  }
}

int main() {
  Count by_hand(3);
  Generator compiled = count(3);
  while (by_hand.resume() && compiled.resume()) {
    std::printf("by hand %d, co_yield %d\n", by_hand.value(), compiled.value());
  }
}
