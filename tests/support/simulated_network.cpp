#include "tests/support/simulated_network.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "common/base/trace.h"

namespace {

struct Endpoint {
  Peer* peer = nullptr;          // null: an epoll descriptor
  std::map<int, short> watched;  // by that: descriptors, and their events
  Clock::time_point readable = Clock::time_point::max();
  Clock::time_point writable = Clock::time_point::max();
  int error = 0;  // of the connection, once it is writable
};

struct State {
  std::function<Peer&(std::uint32_t)> peer_of;
  std::map<int, Endpoint> open;
  Clock::time_point now{std::chrono::hours(1000)};
  std::uint64_t sleeps = 0;
  unsigned interrupted = 0;  // every so manyth sleep
} state;

[[noreturn]] void give_up(const char* why) {
  std::fprintf(stderr, "simulated network: %s\n", why);
  std::abort();
}

Clock::time_point after(Clock::duration span) {
  return span == kNever ? Clock::time_point::max() : state.now + span;
}

// Null for what isn't ours.
Endpoint* find(int fd) {
  if (fd < simulated_network::kFirstSocket) {
    return nullptr;
  }
  const auto found = state.open.find(fd);
  if (found == state.open.end()) {
    give_up("a descriptor is used that isn't open");
  }
  return &found->second;
}

Endpoint& get(int fd) {
  Endpoint* const endpoint = find(fd);
  if (endpoint == nullptr) {
    give_up("a descriptor is none of ours");
  }
  return *endpoint;
}

int open_endpoint(Peer* peer) {
  int fd = simulated_network::kFirstSocket;  // the lowest that is free
  while (state.open.contains(fd)) {
    ++fd;
  }
  state.open[fd].peer = peer;
  return fd;
}

int failed(int error) {
  errno = error;
  return error == 0 ? 0 : -1;
}

short ready_now(const Endpoint& endpoint, short events) {
  const int ready = (endpoint.readable <= state.now ? POLLIN : 0) |
                    (endpoint.writable <= state.now ? POLLOUT : 0);
  const int wanted = ready & events;
  return static_cast<short>(
      wanted | ((wanted & POLLOUT) != 0 && endpoint.error != 0 ? POLLERR : 0));
}

// Lets time pass until one of `polled` is ready, or for so many milliseconds.
// Returns how many are ready, or -1.
int sleep_for(std::vector<pollfd>& polled, int milliseconds) {
  ++state.sleeps;
  if (state.interrupted != 0 && state.sleeps % state.interrupted == 0) {
    return failed(EINTR);
  }
  Clock::time_point until = Clock::time_point::max();
  if (milliseconds != -1) {
    until = state.now + std::chrono::milliseconds(milliseconds);
  }
  for (const pollfd& each : polled) {
    if (const Endpoint* const endpoint = find(each.fd)) {
      if ((each.events & POLLIN) != 0) {
        until = std::min(until, endpoint->readable);
      }
      if ((each.events & POLLOUT) != 0) {
        until = std::min(until, endpoint->writable);
      }
    }
  }
  if (until == Clock::time_point::max()) {
    give_up("somebody sleeps for ever");
  }
  state.now = std::max(state.now, until);
  int ready = 0;
  for (pollfd& each : polled) {
    const Endpoint* const endpoint = find(each.fd);
    each.revents =
        endpoint == nullptr ? short{0} : ready_now(*endpoint, each.events);
    ready += each.revents != 0 ? 1 : 0;
  }
  return ready;
}

}  // namespace

void simulated_network::begin(std::function<Peer&(std::uint32_t)> peer_of) {
  state.peer_of = std::move(peer_of);
  state.open.clear();
  state.sleeps = 0;
  state.interrupted = 0;
}

void simulated_network::pass(Clock::duration span) {
  state.now += span;
}

void simulated_network::interrupt_sleeps(unsigned n) {
  state.interrupted = n;
}

std::size_t simulated_network::open_descriptors() {
  return state.open.size();
}

std::uint64_t simulated_network::sleeps() {
  return state.sleeps;
}

// NOLINTBEGIN(bugprone-reserved-identifier): the linker wants these names

// std::chrono::steady_clock::now()
Clock::time_point simulated_now() noexcept
    asm("__wrap__ZNSt6chrono3_V212steady_clock3nowEv");
Clock::time_point simulated_now() noexcept {
  return state.now;
}

extern "C" {
int __real_close(int fd);

int __wrap_socket(int, int, int) {
  return open_endpoint(&state.peer_of(Trace::current_fetch));
}

int __wrap_connect(int fd, const sockaddr*, socklen_t) {
  Endpoint& socket = get(fd);
  const Answer answer = socket.peer->connect();
  socket.writable = after(answer.ready_after);
  if (answer.error == 0 || answer.error == EINPROGRESS ||
      answer.error == EINTR) {
    socket.error = socket.peer->connect_result();
  }
  return failed(answer.error);
}

int __wrap_getsockopt(int fd, int, int, void* value, socklen_t*) {
  *static_cast<int*>(value) = std::exchange(get(fd).error, 0);
  return 0;
}

ssize_t __wrap_send(int fd, const void* data, size_t size, int) {
  Endpoint& socket = get(fd);
  const Answer answer =
      socket.peer->send({static_cast<const char*>(data), size});
  const Clock::time_point ready = after(answer.ready_after);
  socket.writable = answer.error == EAGAIN ? ready : state.now;
  socket.readable = answer.error == EAGAIN ? socket.readable : ready;
  return answer.error != 0 ? failed(answer.error)
                           : static_cast<ssize_t>(answer.bytes);
}

ssize_t __wrap_recv(int fd, void* data, size_t size, int) {
  Endpoint& socket = get(fd);
  const Answer answer = socket.peer->recv(static_cast<char*>(data), size);
  socket.readable = after(answer.ready_after);
  return answer.error != 0 ? failed(answer.error)
                           : static_cast<ssize_t>(answer.bytes);
}

int __wrap_close(int fd) {
  if (find(fd) == nullptr) {
    return __real_close(fd);
  }
  state.open.erase(fd);
  for (auto& [number, endpoint] : state.open) {
    endpoint.watched.erase(fd);
  }
  return 0;
}

int __wrap_poll(pollfd* fds, nfds_t count, int milliseconds) {
  std::vector<pollfd> polled(fds, fds + count);
  const int ready = sleep_for(polled, milliseconds);
  if (ready != -1) {
    std::copy(polled.begin(), polled.end(), fds);
  }
  return ready;
}

int __wrap_epoll_create1(int) {
  return open_endpoint(nullptr);
}

int __wrap_epoll_ctl(int epoll, int operation, int fd, epoll_event* event) {
  std::map<int, short>& watched = get(epoll).watched;
  find(fd);  // must be open
  if (watched.contains(fd) == (operation == EPOLL_CTL_ADD)) {
    return failed(operation == EPOLL_CTL_ADD ? EEXIST : ENOENT);
  }
  if (operation == EPOLL_CTL_DEL) {
    watched.erase(fd);
  } else {
    watched[fd] =
        static_cast<short>(((event->events & EPOLLIN) != 0 ? POLLIN : 0) |
                           ((event->events & EPOLLOUT) != 0 ? POLLOUT : 0));
  }
  return 0;
}

int __wrap_epoll_wait(int epoll, epoll_event* events, int most,
                      int milliseconds) {
  std::vector<pollfd> polled;
  for (const auto& [fd, wanted] : get(epoll).watched) {
    polled.push_back({fd, wanted, 0});
  }
  if (sleep_for(polled, milliseconds) == -1) {
    return -1;
  }
  int count = 0;
  for (const pollfd& each : polled) {
    if (each.revents != 0 && count < most) {
      events[count] = {};
      events[count].events = ((each.revents & POLLIN) != 0 ? EPOLLIN : 0U) |
                             ((each.revents & POLLOUT) != 0 ? EPOLLOUT : 0U) |
                             ((each.revents & POLLERR) != 0 ? EPOLLERR : 0U);
      events[count++].data.fd = each.fd;
    }
  }
  return count;
}
}
// NOLINTEND(bugprone-reserved-identifier)
