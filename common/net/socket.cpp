#include "common/net/socket.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace {

// How a socket is made non-blocking and close-on-exec, and how a connection
// that the peer has closed is kept from killing the process with SIGPIPE.
#ifdef __linux__
constexpr int kSendFlags = MSG_NOSIGNAL;

// A connection that could not be made is an error to poll(2) and epoll(7).
// POSIX asks no more than that it is writable (connect, in XSH).
constexpr bool kErrorsAreEvents = true;

int open_socket(int family) {
  return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

int accept_socket(int listener) {
  return accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
}
#else
constexpr int kSendFlags = 0;
constexpr bool kErrorsAreEvents = false;

int prepare(int fd) {
  if (fd != -1) {
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    fcntl(fd, F_SETFL, O_NONBLOCK);
#ifdef SO_NOSIGPIPE
    const int yes = 1;
    setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &yes, sizeof yes);
#endif
  }
  return fd;
}

int open_socket(int family) {
  return prepare(socket(family, SOCK_STREAM, 0));
}

int accept_socket(int listener) {
  return prepare(accept(listener, nullptr, nullptr));
}
#endif

int open_for_fetch(int family) {
  const int fd = open_socket(family);
  if (fd == -1) {
    throw FetchError(Phase::kConnect, errno);
  }
  return fd;
}

bool would_block(int error) {
  return error == EAGAIN || error == EWOULDBLOCK;
}

std::system_error last_error(const char* operation) {
  return std::system_error(errno, std::generic_category(), operation);
}

}  // namespace

Socket::Socket(const Address& address, Caller caller)
    : Descriptor(open_for_fetch(address.family()), Phase::kConnect, caller) {
  // Interrupted by a signal, it goes on connecting all the same (connect(2)).
  if (connect(fd(), address.data(), address.length()) == -1 &&
      errno != EINPROGRESS && errno != EINTR) {
    throw FetchError(phase(), errno);
  }
}

Socket::Socket(Descriptor accepted) : Descriptor(std::move(accepted)) {
  set_phase(Phase::kReceive);
}

void Socket::connect_result(Caller caller) {
  int error = 0;
  socklen_t length = sizeof error;
  const bool known = kErrorsAreEvents && found() == Found::kReady;
  if (!known && getsockopt(fd(), SOL_SOCKET, SO_ERROR, &error, &length) == -1) {
    error = errno;
  }
  record(Operation::kConnect, caller);
  if (error != 0) {
    throw FetchError(phase(), error);
  }
  set_phase(Phase::kSend);
}

std::optional<std::size_t> Socket::send(std::string_view data, Caller caller) {
  ssize_t sent;
  do {
    sent = ::send(fd(), data.data(), data.size(), kSendFlags);
  } while (sent == -1 && errno == EINTR);
  const int error = errno;
  record(Operation::kSend, caller, sent);
  if (sent == -1) {
    if (would_block(error)) {
      return std::nullopt;
    }
    throw FetchError(phase(), error);
  }
  const auto count = static_cast<std::size_t>(sent);
  if (count == data.size()) {
    set_phase(Phase::kReceive);  // all of it is out: the answer comes next
  }
  return count;
}

std::optional<std::string_view> Socket::recv(Caller caller) {
  // Shared, because a buffer for each of 10,000 sockets is 640 MB.
  static thread_local std::array<char, 65536> buffer;
  ssize_t received;
  do {
    received = ::recv(fd(), buffer.data(), buffer.size(), 0);
  } while (received == -1 && errno == EINTR);
  const int error = errno;
  record(Operation::kRecv, caller, received);
  if (received == -1) {
    if (would_block(error)) {
      return std::nullopt;
    }
    throw FetchError(phase(), error);
  }
  return std::string_view(buffer.data(), static_cast<std::size_t>(received));
}

Descriptor listen_on_loopback(std::uint16_t port) {
  const int fd = open_socket(AF_INET);
  if (fd == -1) {
    throw last_error("socket");
  }
  Descriptor listener(fd, Phase::kNone, Caller());
  const int yes = 1;  // else a port stays taken for a minute after its server
  setsockopt(listener.fd(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  if (bind(listener.fd(), reinterpret_cast<const sockaddr*>(&address),
           sizeof address) == -1) {
    throw last_error("bind");
  }
  if (listen(listener.fd(), SOMAXCONN) == -1) {
    throw last_error("listen");
  }
  return listener;
}

Address bound_address(const Descriptor& socket) {
  sockaddr_in6 address = {};
  socklen_t length = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (getsockname(socket.fd(), generic, &length) == -1) {
    throw last_error("getsockname");
  }
  return Address(generic, length);
}

std::optional<Socket> accept_from(const Descriptor& listener) {
  const int fd = accept_socket(listener.fd());
  if (fd == -1) {
    // A connection that was given up before we came is none (accept(2)).
    if (would_block(errno) || errno == ECONNABORTED || errno == EINTR) {
      return std::nullopt;
    }
    throw last_error("accept");
  }
  return Socket(Descriptor(fd, Phase::kReceive));
}
