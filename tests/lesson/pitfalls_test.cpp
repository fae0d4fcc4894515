// What goes wrong with coroutines, as pairs: a BAD function and a GOOD one.
// AddressSanitizer, with which this is compiled, sees each BAD one die that
// uses what is gone.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/net/socket.h"
#include "step4_coroutines/event_loop.h"
#include "step4_coroutines/task.h"
#include "tests/support/process.h"

#if defined(__SANITIZE_ADDRESS__)
#define UNDER_ADDRESS_SANITIZER
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define UNDER_ADDRESS_SANITIZER
#endif
#endif

namespace {

const std::string kLong = "a text too long to be kept inside a std::string";

// --- A parameter that is a reference ---

Task<> greet(const std::string& name, std::string& said) {
  said += "hello, " + name;
  co_return;
}

void bad_reference(std::string& said) {
  Task<> task = greet(kLong + "!", said);  // runs nothing yet
  task.start();                            // BAD: the text is gone
}

Task<> good_reference(std::string& said) {
  co_await greet(kLong + "!", said);  // GOOD: the text lives until it is done
}

// --- A lambda that captures ---

void bad_capture(std::string& said) {
  // NOLINTNEXTLINE(cppcoreguidelines-avoid-capturing-lambda-coroutines)
  Task<> task = [name = kLong, &said]() -> Task<> {
    said += name;
    co_return;
  }();           // captures are members of the lambda, which ends here
  task.start();  // BAD: so do its captures
}

void good_capture(std::string& said) {
  Task<> task = [](std::string name, std::string& out) -> Task<> {
    out += name;
    co_return;
  }(kLong, said);  // GOOD: parameters are copied into the frame
  task.start();
}

// --- A wait that outlives its descriptor ---

constexpr Deadline kPast = Deadline::min();

Task<> bad_order(EventLoop& loop, std::unique_ptr<Pipe>& pipe) {
  Wait wait = loop.readable(pipe->read_end, kPast);
  pipe.reset();   // BAD: the loop will ask the descriptor for its phase,
  co_await wait;  // since the deadline has passed
}

Task<> good_order(EventLoop& loop, std::unique_ptr<Pipe>& pipe) {
  co_await loop.readable(pipe->read_end, kPast);  // GOOD: ended first
  pipe.reset();
}

// --- A Task that nobody keeps ---

Task<> say(Future& future, std::string& said) {
  co_await future;
  said += "done";
}

void bad_temporary(Future& future, std::string& said) {
  say(future, said).start();  // BAD: dies at the semicolon, still waiting
}

[[nodiscard]] Task<> good_temporary(Future& future, std::string& said) {
  Task<> task = say(future, said);
  task.start();
  return task;  // GOOD: whoever keeps it keeps the coroutine
}

// --- A view of the bytes that all sockets share ---

Task<> bad_view(Socket& socket, Future& future, std::string& said) {
  const std::optional<std::string_view> chunk = socket.recv();
  co_await future;  // BAD: others receive meanwhile, into the same buffer
  said += *chunk;
}

Task<> good_view(Socket& socket, Future& future, std::string& said) {
  const std::optional<std::string_view> chunk = socket.recv();
  said += *chunk;  // GOOD: used at once, before any wait
  co_await future;
}

// --- The tests ---

// That `bad` uses what is gone. Only AddressSanitizer can tell: without it, the
// test goes on with the GOOD half, and is skipped.
void expect_use_after_end(const std::function<void()>& bad) {
#ifdef UNDER_ADDRESS_SANITIZER
  EXPECT_DEATH(bad(), "AddressSanitizer: .*-use-after-");
#else
  static_cast<void>(bad);
  GTEST_SKIP() << "this build has no AddressSanitizer, or another sanitizer";
#endif
}

TEST(Pitfall, AParameterThatIsAReferenceMustLiveUntilTheCoroutineEnds) {
  std::string said;
  expect_use_after_end([&said] { bad_reference(said); });
  Task<> task = good_reference(said);
  task.start();
  EXPECT_EQ(said, "hello, " + kLong + "!");
}

TEST(Pitfall, TheCapturesOfALambdaAreNotInTheFrame) {
  std::string said;
  expect_use_after_end([&said] { bad_capture(said); });
  good_capture(said);
  EXPECT_EQ(said, kLong);
}

void run(Task<> (*task)(EventLoop&, std::unique_ptr<Pipe>&)) {
  auto pipe = std::make_unique<Pipe>();
  EventLoop loop;
  Task<> started = task(loop, pipe);
  started.start();
  EXPECT_THROW(loop.run(), FetchError);
}

TEST(Pitfall, AWaitMustEndBeforeItsDescriptor) {
  expect_use_after_end([] { run(bad_order); });
  run(good_order);
}

TEST(Pitfall, ATaskThatIsDestroyedWhileItWaitsNeverGoesOn) {
  std::string said;
  {
    std::optional<Future> future(std::in_place);
    bad_temporary(*future, said);
    EXPECT_EQ(said, "") << "and nobody is told";
  }
  Future future;
  const Task<> task = good_temporary(future, said);
  future.resolve();
  EXPECT_EQ(said, "done");
}

// A socket that has received `text`.
Socket receiving(std::string_view text) {
  int fds[2];
  EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
  const Descriptor peer(fds[1], Phase::kSend);
  EXPECT_EQ(write(peer.fd(), text.data(), text.size()),
            static_cast<ssize_t>(text.size()));
  return Socket(Descriptor(fds[0], Phase::kReceive));
}

TEST(Pitfall, WhatRecvReturnsIsGoodUntilTheNextWait) {
  const auto said_by = [](Task<> (*task)(Socket&, Future&, std::string&)) {
    Socket ours = receiving("ours");
    Socket others = receiving("else");
    Future future;
    std::string said;
    Task<> started = task(ours, future, said);
    started.start();
    others.recv();
    future.resolve();
    return said;
  };
  EXPECT_EQ(said_by(bad_view), "else");
  EXPECT_EQ(said_by(good_view), "ours");
}

}  // namespace
