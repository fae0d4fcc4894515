// The server of the benchmark: one thread, and as little work per connection as
// it takes to be no one's bottleneck.
//
// GET /BYTES is answered with a body of so many bytes, GET /BYTES/MILLISECONDS
// after so long. Prints its port, and serves until its standard input ends: so
// it never outlives whoever started it.
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "common/net/socket.h"

namespace {

constexpr std::string_view kHead =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n"
    "Content-Length: ";

class Server {
 public:
  Server() : listener_(listen_on_loopback()), body_(std::size_t{1} << 20, '.') {
    watch(listener_.fd(), EPOLLIN);
    watch(STDIN_FILENO, EPOLLIN);
    std::printf("%d\n", bound_address(listener_).port());
    std::fflush(stdout);
  }

  void run() {
    for (;;) {
      std::array<epoll_event, 512> events;
      const int timeout = milliseconds_until(
          later_.empty() ? kNoDeadline : later_.begin()->first);
      const int count =
          epoll_wait(epoll_, events.data(), events.size(), timeout);
      for (int i = 0; i < count; ++i) {
        const int fd = events[static_cast<std::size_t>(i)].data.fd;
        if (fd == STDIN_FILENO) {
          return;
        }
        fd == listener_.fd() ? accept_all() : ready(fd);
      }
      while (!later_.empty() && later_.begin()->first <= Clock::now()) {
        const int fd = later_.begin()->second;
        later_.erase(later_.begin());
        answer(fd);
      }
    }
  }

 private:
  struct Connection {
    bool asked = false;
    bool answered = false;    // at least in part
    std::uint64_t bytes = 0;  // of body, still to be sent
  };

  void watch(int fd, std::uint32_t events) {
    epoll_event event = {};
    event.events = events;
    event.data.fd = fd;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
  }

  void accept_all() {
    int fd = -1;
    while ((fd = accept4(listener_.fd(), nullptr, nullptr,
                         SOCK_NONBLOCK | SOCK_CLOEXEC)) != -1) {
      const auto index = static_cast<std::size_t>(fd);
      connections_.resize(std::max(connections_.size(), index + 1));
      connections_[index] = {};
      // Both at once and edge-triggered: one system call for its whole life.
      watch(fd, EPOLLIN | EPOLLOUT | EPOLLET);
    }
  }

  Connection& connection(int fd) {
    return connections_[static_cast<std::size_t>(fd)];
  }

  void ready(int fd) {
    char text[4096];
    const ssize_t count = recv(fd, text, sizeof text - 1, 0);
    if (count == 0 || (count == -1 && errno != EAGAIN)) {
      end(fd);
    } else if (connection(fd).answered) {
      send_body(fd);
    } else if (count > 0 && !connection(fd).asked) {
      text[count] = '\0';
      asked(fd, text);
    }
  }

  // A request of ours is so short that it comes in one piece.
  void asked(int fd, const char* text) {
    char* end = nullptr;
    connection(fd).asked = true;
    connection(fd).bytes = std::strtoull(text + std::strlen("GET /"), &end, 10);
    if (*end != '/') {
      return answer(fd);
    }
    const std::chrono::milliseconds delay(std::strtoll(end + 1, nullptr, 10));
    later_.emplace(Clock::now() + delay, fd);
  }

  void answer(int fd) {
    Connection& to = connection(fd);
    to.answered = true;
    std::string text(kHead);
    text += std::to_string(to.bytes) + "\r\n\r\n";
    const std::uint64_t with_head = std::min<std::uint64_t>(to.bytes, 16384);
    text.append(body_, 0, with_head);
    to.bytes -= with_head;  // both fit into an empty buffer
    send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    send_body(fd);
  }

  void send_body(int fd) {
    Connection& to = connection(fd);
    while (to.bytes > 0) {
      const std::uint64_t size =
          std::min<std::uint64_t>(to.bytes, body_.size());
      const ssize_t sent = send(fd, body_.data(), size, MSG_NOSIGNAL);
      if (sent <= 0) {
        return;
      }
      to.bytes -= static_cast<std::uint64_t>(sent);
    }
  }

  // The client has closed. Closing with a reset spares both ends TIME_WAIT, and
  // so the ports last for any number of fetches.
  void end(int fd) {
    const linger at_once = {1, 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close(fd);
  }

  const Descriptor listener_;
  const int epoll_ = epoll_create1(EPOLL_CLOEXEC);
  const std::string body_;
  std::vector<Connection> connections_;  // indexed by descriptor number
  std::multimap<Deadline, int> later_;   // whom to answer when
};

}  // namespace

int main() {
  rlimit files = {};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  Server().run();
}
