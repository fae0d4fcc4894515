// Exercise 2.1: a loop with two waits, cut into callbacks.
//
// Write `start`, `readable` and `writable`, in at most 16 lines, so that they
// do what this function does that blocks:
//
//     for (;;) {
//       wait_readable(s);
//       const ssize_t size = read(s, piece, sizeof piece);
//       if (size <= 0) {
//         return ended(size == 0 ? 0 : errno);
//       }
//       wait_writable(s);
//       if (write(s, piece, size) == -1) {
//         return ended(errno);
//       }
//     }
//
// Predict first: where is `size` while an Echo waits until it can write?
//
// The likeliest compile error:
//   'this' was not captured for this lambda function
// A member is called on an object. The lambda that the loop keeps must know
// which: [this] { readable(); }.
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <exception>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/hands/hands_check.h"

// The event loop: whom to call when which descriptor is ready.
struct Waiter {
  short events;
  std::function<void()> callback;
};
std::map<int, Waiter> waiting;

void when_readable(int fd, std::function<void()> callback) {
  waiting[fd] = {POLLIN, std::move(callback)};
}

void when_writable(int fd, std::function<void()> callback) {
  waiting[fd] = {POLLOUT, std::move(callback)};
}

// Calls until nobody is ready any more.
void run() {
  for (bool called = true; called;) {
    std::vector<pollfd> polled;
    for (const auto& [fd, waiter] : waiting) {
      polled.push_back({fd, waiter.events, 0});
    }
    called = poll(polled.data(), polled.size(), 0) > 0;
    for (const pollfd& p : polled) {
      if (p.revents != 0) {
        const auto ended = waiting.extract(p.fd);  // before fd waits once more
        ended.mapped().callback();
      }
    }
  }
}

// Sends back what comes, until the other side closes or something fails.
class Echo {
 public:
  // `ended` gets 0, or an errno. `s` doesn't block.
  Echo(int s, std::function<void(int)> ended)
      : s_(s), ended_(std::move(ended)) {}

  // --- write from here
  void start() {
    size_ = read(s_, piece_, sizeof piece_);
    ended_(size_ >= 0 ? 0 : errno);
  }
  // --- to here

 private:
  const int s_;
  const std::function<void(int)> ended_;
  char piece_[4];
  ssize_t size_ = 0;
};

// An Echo, and the other end of its socket.
class Conversation {
 public:
  Conversation() {
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends_) == -1) {
      std::perror("socketpair");
      std::exit(1);
    }
    const int small = 16384;  // bytes: some pieces that nobody reads fill it
    setsockopt(ends_[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
    echo_.emplace_back(ends_[0], [this](int error) { ended_ = error; });
    echo_.front().start();
  }
  ~Conversation() {
    waiting.erase(ends_[0]);
    close(ends_[0]);
    close(ends_[1]);
  }
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;

  void say(const std::string& text) const {
    require(write(ends_[1], text.data(), text.size()) ==
                static_cast<ssize_t>(text.size()),
            "The other side is gone already.");
  }
  std::string hear() const {
    char bytes[100];
    const ssize_t size = read(ends_[1], bytes, sizeof bytes);
    return {bytes, static_cast<std::size_t>(size > 0 ? size : 0)};
  }
  void hang_up() {
    close(ends_[1]);
    ends_[1] = -1;
  }
  int ended() const { return ended_; }  // -1: not yet

 private:
  int ends_[2];
  int ended_ = -1;
  std::vector<Echo> echo_;
};

void same_bytes() {
  begin_check("the same bytes",
              "one side to speak again, inside a callback: run() can't return");
  Conversation one;
  require(
      one.ended() == -1,
      "It ended before anything had come. `start` can only say whom to call "
      "once there is something, and return.");
  one.say("Hello, callbacks");
  run();
  require(one.hear() == "Hello, callbacks",
          "Sixteen bytes were sent, and others came back. A piece has four: "
          "after each, the loop must go on, which means to wait anew.");
  require(one.ended() == -1,
          "It has ended, and the other side hasn't closed. That there is "
          "nothing to read yet (EAGAIN) is not the end: return, and wait.");
  one.hang_up();
  run();
  require(one.ended() == 0,
          "The other side has closed, so read gives 0. That is the end.");
}

void waits_to_write() {
  begin_check("it waits until it can write", "room to write, in a callback");
  Conversation one;
  one.say(std::string(8000, 'x'));
  run();  // until the socket holds no more of what is sent back
  require(one.ended() == -1,
          "write has failed, with EAGAIN: what had been sent back wasn't read "
          "yet, and there was no more room. That is what the second wait is "
          "for.");
  std::string heard;
  for (std::string some = one.hear(); !some.empty(); some = one.hear()) {
    heard += some;
    run();
  }
  require(heard == std::string(8000, 'x'),
          "Of 8,000 bytes not all came back. Once there is room, the loop goes "
          "on.");
}

void two_overlap() {
  begin_check("two overlap", "one, while the other one could go on");
  Conversation one;
  Conversation two;
  two.say("second");
  run();
  require(two.hear() == "second",
          "The first has nothing to do, and the second one is not served. Who "
          "keeps the thread?");
  one.say("first");
  run();
  require(one.hear() == "first", "The first came too late, but it came.");
}

void an_error() {
  begin_check("an error reaches the one it belongs to");
  Conversation one;
  Conversation two;
  one.say("x");
  run();
  one.hang_up();  // what was sent back is not read any more: a reset
  try {
    run();
  } catch (...) {
    require(false,
            "What a callback throws goes to its caller, and that is the loop. "
            "It doesn't know whose error it is, and all the others end with "
            "it.");
  }
  require(one.ended() == ECONNRESET,
          "read has failed. Whoever began this Echo is told so by ended_.");
  require(two.ended() == -1, "The second one has nothing to do with that.");
}

int main() {
  return all_checks({same_bytes, waits_to_write, two_overlap, an_error});
}
