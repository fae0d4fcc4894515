// All orders in which the events of two fetches can come, with a deadline that
// passes and a Ctrl-C that comes anywhere among them.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <map>
#include <set>

#include "common/http/jobs.h"
#include "common/net/selector.h"
#include "tests/support/temporary_directory.h"

namespace {

// A fetch takes five events: the connection is made; the request, which does
// not fit at first, is sent; and the response comes in three pieces.
constexpr int kEvents = 5;
constexpr std::array<std::string_view, 3> kPieces = {
    "HTTP/1.0 200 OK\r\n", "Content-Length: 4\r\n\r\n", "body"};

// What the kernel, played by the functions below, knows of a socket.
struct Connection {
  bool send_would_block = true;
  std::size_t pieces = 0;
};

std::map<int, Connection> connections;

}  // namespace

// The linker's --wrap hands the system calls of the fetching code over to us.
extern "C" {
// NOLINTBEGIN(bugprone-reserved-identifier): the linker wants these names
int __wrap_socket(int, int, int) {
  const int fd = eventfd(0, EFD_CLOEXEC);
  connections[fd] = {};
  return fd;
}

int __wrap_connect(int, const sockaddr*, socklen_t) {
  errno = EINPROGRESS;
  return -1;
}

int __wrap_getsockopt(int, int, int, void* value, socklen_t*) {
  *static_cast<int*>(value) = 0;
  return 0;
}

ssize_t __wrap_send(int fd, const void*, size_t size, int) {
  if (std::exchange(connections[fd].send_would_block, false)) {
    errno = EAGAIN;
    return -1;
  }
  return static_cast<ssize_t>(size);
}

ssize_t __wrap_recv(int fd, void* data, size_t size, int) {
  const std::string_view piece = kPieces.at(connections[fd].pieces++);
  return static_cast<ssize_t>(piece.copy(static_cast<char*>(data), size));
}
// NOLINTEND(bugprone-reserved-identifier)
}

namespace {

// One run after the other, each with another order of events, until all have
// been: the choices of a run are the digits of a number that counts up.
class Orders {
 public:
  std::size_t choose(std::size_t options) {
    if (digit_ == digits_.size()) {
      digits_.push_back({0, options});
    }
    EXPECT_EQ(digits_[digit_].options, options) << "the run isn't repeatable";
    return digits_[digit_++].chosen;
  }

  // Whether there is another order.
  bool next() {
    digit_ = 0;
    while (!digits_.empty() &&
           digits_.back().chosen + 1 == digits_.back().options) {
      digits_.pop_back();
    }
    if (digits_.empty()) {
      return false;
    }
    ++digits_.back().chosen;
    return true;
  }

 private:
  struct Digit {
    std::size_t chosen;
    std::size_t options;
  };
  std::vector<Digit> digits_;
  std::size_t digit_ = 0;
};

// What has happened in one run, and what is to come of it.
struct History {
  std::array<int, 3> events = {};  // by number of the fetch, from 1
  std::set<std::uint32_t> timed_out;
  bool interrupted = false;

  // "" for a fetch that nobody may report.
  std::string expected(std::uint32_t fetch) const {
    const int seen = events.at(fetch);
    if (timed_out.contains(fetch)) {
      return std::string(seen == 0   ? "connect"
                         : seen == 1 ? "send"
                                     : "receive") +
             ": timed out";
    }
    return seen == kEvents ? "4 bytes" : "";
  }
};

class Interleavings : public testing::Test {
 protected:
  // At most one deadline passes in a run, and Ctrl-C comes at most once.
  ScriptedSelector::Choice choose(
      const std::vector<ScriptedSelector::Wait>& waits) {
    const std::size_t fetching = waits.size() - 1;
    const std::size_t kinds = history_.timed_out.empty() ? 2 : 1;
    const std::size_t chosen = orders_.choose(kinds * fetching + 1);
    if (chosen == kinds * fetching) {
      history_.interrupted = true;
      return {0, false};
    }
    const std::size_t wait = 1 + chosen % fetching;
    const bool timed_out = chosen >= fetching;
    const std::uint32_t fetch = waits[wait].fetch;
    if (timed_out) {
      history_.timed_out.insert(fetch);
    } else {
      ++history_.events.at(fetch);
    }
    return {wait, timed_out};
  }

  void fetch_both() {
    std::map<std::uint32_t, std::string> ended;
    Jobs::Settings settings;
    settings.directory = &bodies_.descriptor();
    Jobs jobs(urls_, settings, [&ended](const Job& job) {
      ended[static_cast<std::uint32_t>(job.number)] =
          job.error().empty() ? std::to_string(job.response.bytes()) + " bytes"
                              : job.error();
    });
    fetch_all(jobs, 2);
    std::size_t files = 0;
    for (const std::uint32_t fetch : {1U, 2U}) {
      ASSERT_EQ(ended[fetch], history_.expected(fetch));
      files += ended[fetch] == "4 bytes";
    }
    ASSERT_TRUE(history_.interrupted ||
                !(ended[1].empty() || ended[2].empty()));
    for (const auto& [fd, connection] : connections) {
      ASSERT_EQ(fcntl(fd, F_GETFD), -1) << "a socket was left open";
    }
    const std::set<std::string> names = bodies_.names();
    ASSERT_EQ(names.size(), files);
    for (const std::string& name : names) {
      ASSERT_EQ(bodies_.content(name), "body");
      std::filesystem::remove(bodies_.path(name));
    }
  }

  const TemporaryDirectory bodies_;
  const std::vector<Url> urls_ = {Url("http://127.0.0.1:1/a"),
                                  Url("http://127.0.0.1:1/b")};
  Orders orders_;
  History history_;
};

TEST_F(Interleavings, OfTwoFetchesADeadlineAndCtrlCGiveTheSameResults) {
  ScriptedSelector::choose =
      [this](const std::vector<ScriptedSelector::Wait>& waits) {
        return choose(waits);
      };
  std::size_t runs = 0;
  std::size_t undisturbed = 0;
  do {
    history_ = History();
    connections.clear();
    fetch_both();
    ++runs;
    undisturbed += history_.timed_out.empty() && !history_.interrupted;
  } while (!HasFatalFailure() && orders_.next());
  EXPECT_EQ(undisturbed, 252U);  // of 10 events, which 5 are the first fetch's
  RecordProperty("runs", std::to_string(runs));
  std::cout << runs << " orders\n";
}

}  // namespace
