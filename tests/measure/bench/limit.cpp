// The limit: the least that a client in user space can do with epoll(7). It
// checks no byte and no deadline, knows how long a response is, and gives up at
// the first error.
//
// limit PORT PATH RESPONSE_BYTES FETCHES CONCURRENCY [FILE]
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <vector>

#include "client.h"

namespace {

class Client {
 public:
  // What is received is written to `file`, if that isn't null.
  Client(const Target& target, const char* file) : target_(target) {
    if (file != nullptr) {
      file_ = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    }
  }

  void run() {
    std::uint64_t running = std::min(to_start_, target_.concurrency);
    for (std::uint64_t i = 0; i < running; ++i) {
      start();
    }
    while (running > 0) {
      std::array<epoll_event, 256> events;
      const int count = epoll_wait(epoll_, events.data(), events.size(), -1);
      for (int i = 0; i < count; ++i) {
        const epoll_event& event = events[static_cast<std::size_t>(i)];
        if (ready(event.data.fd, event.events)) {
          to_start_ > 0 ? start() : void(--running);
        }
      }
    }
  }

 private:
  static constexpr std::uint64_t kNotSent = ~std::uint64_t{0};

  void start() {
    --to_start_;
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (fd == -1) {
      fail("socket");
    }
    if (connect(fd, reinterpret_cast<const sockaddr*>(&target_.address),
                sizeof target_.address) == -1 &&
        errno != EINPROGRESS) {
      fail("connect");
    }
    // Both at once and edge-triggered: one system call for its whole life.
    epoll_event event = {};
    event.events = EPOLLIN | EPOLLOUT | EPOLLET;
    event.data.fd = fd;
    if (epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) == -1) {
      fail("epoll_ctl");
    }
    const auto index = static_cast<std::size_t>(fd);
    left_.resize(std::max(left_.size(), index + 1));
    left_[index] = kNotSent;
  }

  // Returns whether the fetch has ended.
  bool ready(int fd, std::uint32_t events) {
    std::uint64_t& left = left_[static_cast<std::size_t>(fd)];
    if (left == kNotSent) {
      if (send(fd, target_.request.data(), target_.request.size(),
               MSG_NOSIGNAL) == -1) {
        fail("send");
      }
      left = target_.response_bytes;
      return false;
    }
    if ((events & EPOLLIN) == 0) {
      return false;
    }
    // As long as the buffer comes back full there may be more.
    for (ssize_t got = sizeof buffer_; left > 0 && got == sizeof buffer_;) {
      got = recv(fd, buffer_, sizeof buffer_, 0);
      if (got == 0 || (got == -1 && errno != EAGAIN)) {
        fail("recv");
      }
      if (got > 0) {
        left -= static_cast<std::uint64_t>(got);
        if (file_ != -1 &&
            write(file_, buffer_, static_cast<std::size_t>(got)) != got) {
          fail("write");
        }
      }
    }
    if (left > 0) {
      return false;
    }
    close(fd);
    return true;
  }

  const Target target_;
  int file_ = -1;
  const int epoll_ = epoll_create1(0);
  std::uint64_t to_start_ = target_.fetches;
  std::vector<std::uint64_t> left_;  // of the response, by descriptor number
  char buffer_[65536];
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 6 || argc > 7) {
    std::fprintf(stderr,
                 "limit PORT PATH RESPONSE_BYTES FETCHES CONCURRENCY [FILE]\n");
    return 2;
  }
  static Client client(target_of(argv + 1), argv[6]);
  client.run();
}
