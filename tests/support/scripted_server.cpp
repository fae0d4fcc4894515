#include "tests/support/scripted_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "common/net/background_thread.h"
#include "common/net/socket.h"

namespace {

Descriptor listen_with(int buffer) {
  Descriptor listener = listen_on_loopback();
  if (buffer > 0) {  // what is accepted inherits it
    setsockopt(listener.fd(), SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
  }
  return listener;
}

// Of the client's end, as the client and the server see it.
std::uint16_t client_port(decltype(getsockname) get_name, int fd) {
  sockaddr_in name = {};
  socklen_t length = sizeof name;
  get_name(fd, reinterpret_cast<sockaddr*>(&name), &length);
  return ntohs(name.sin_port);
}

}  // namespace

struct ScriptedServer::Connection {
  Descriptor socket;
  std::uint16_t port;  // the client's
  Script script;
  std::size_t step = 0;
  std::size_t at = 0;        // bytes of this step that have been sent
  std::size_t sent = 0;      // in all
  std::size_t received = 0;  // of those, by the client
  std::string request = {};
  bool in_flight = false;
};

ScriptedServer::ScriptedServer(int buffer)
    : listener_(listen_with(buffer)),
      wakeup_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), Phase::kReceive) {
  on_connection({});
  only_ = this;
  thread_ = background_thread([this] { run(); });
}

ScriptedServer::~ScriptedServer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake();
  thread_.join();
  only_ = nullptr;
}

void ScriptedServer::on(const std::string& path, const Script& script) {
  const std::lock_guard lock(mutex_);
  scripts_[path] = script;
}

void ScriptedServer::on_connection(const Script& script) {
  const std::lock_guard lock(mutex_);
  first_ = script;
  first_.add(Script::Kind::kRequest, "");
}

void ScriptedServer::open(const std::string& gate) {
  const std::lock_guard lock(mutex_);
  open_gates_.insert(gate);
  wake();
}

std::uint16_t ScriptedServer::port() const {
  return bound_address(listener_).port();
}

std::string ScriptedServer::url(const std::string& path) const {
  return "http://127.0.0.1:" + std::to_string(port()) + path;
}

std::vector<std::string> ScriptedServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

std::size_t ScriptedServer::peak_in_flight() const {
  const std::lock_guard lock(mutex_);
  return peak_in_flight_;
}

void ScriptedServer::client_received(int fd, std::size_t bytes) {
  if (only_ == nullptr) {
    return;
  }
  const std::uint16_t port = client_port(getsockname, fd);
  const std::lock_guard lock(only_->mutex_);
  for (Connection& connection : only_->connections_) {
    connection.received += connection.port == port ? bytes : 0;
  }
  only_->wake();
}

std::size_t ScriptedServer::open_descriptors() {
  const auto count = [] {
    const std::filesystem::directory_iterator files("/proc/self/fd");
    return static_cast<std::size_t>(std::distance(begin(files), end(files)));
  };
  if (only_ == nullptr) {
    return count();
  }
  const std::lock_guard lock(only_->mutex_);
  return count() - only_->connections_.size();
}

void ScriptedServer::wake() const {
  eventfd_write(wakeup_.fd(), 1);
}

// The server's thread. Its mutex is free while it sleeps, and only then.
void ScriptedServer::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    std::vector<pollfd> polled = {{wakeup_.fd(), POLLIN, 0},
                                  {listener_.fd(), POLLIN, 0}};
    for (const Connection& connection : connections_) {
      const Script::Kind kind = connection.script.steps_[connection.step].kind;
      const short events = kind == Script::Kind::kRequest ? POLLIN
                           : kind == Script::Kind::kSend  ? POLLOUT
                                                          : 0;
      polled.push_back(
          {connection.socket.fd(), static_cast<short>(events | POLLRDHUP), 0});
    }
    lock.unlock();
    poll(polled.data(), polled.size(), -1);
    lock.lock();
    eventfd_t ignored = 0;
    eventfd_read(wakeup_.fd(), &ignored);
    auto events = polled.begin() + 2;
    // The oldest first: a client that closes and then connects again is seen to
    // do so in this order.
    connections_.remove_if([this, &events](Connection& connection) {
      const bool ended = !go_on(connection, (events++)->revents);
      in_flight_ -= ended && connection.in_flight ? 1 : 0;
      return ended;
    });
    accept_all();
  }
}

void ScriptedServer::accept_all() {
  while (std::optional<Socket> accepted = accept_from(listener_)) {
    const int yes = 1;
    setsockopt(accepted->fd(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    const std::uint16_t port = client_port(getpeername, accepted->fd());
    connections_.push_back({std::move(*accepted), port, first_});
    wake();  // to begin with its script
  }
}

// Returns whether the connection lives on.
bool ScriptedServer::go_on(Connection& connection, int events) {
  if ((events & (POLLRDHUP | POLLHUP | POLLERR)) != 0) {
    return false;  // the client has gone
  }
  if ((events & POLLIN) != 0) {
    std::array<char, 4096> buffer = {};
    const ssize_t size =
        read(connection.socket.fd(), buffer.data(), buffer.size());
    connection.request.append(
        buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
  }
  return advance(connection);
}

// Does what can be done without waiting. Returns whether there is more to do.
bool ScriptedServer::advance(Connection& connection) {
  using enum Script::Kind;
  while (connection.step < connection.script.steps_.size()) {
    const Script::Step& step = connection.script.steps_[connection.step];
    if (step.kind == kReset) {
      const linger at_once = {1, 0};
      setsockopt(connection.socket.fd(), SOL_SOCKET, SO_LINGER, &at_once,
                 sizeof at_once);
      return false;
    }
    if (step.kind == kRequest && connection.request.ends_with("\r\n\r\n")) {
      if (!begin_answer(connection)) {
        return false;
      }
      continue;
    }
    const bool received = connection.received >= connection.sent;
    const bool ended = step.kind == kSend ? send(connection, step)
                       : step.kind == kDribble
                           ? received && send(connection, step)
                       : step.kind == kReceived ? received
                       : step.kind == kGate ? open_gates_.contains(step.text)
                                            : false;
    if (!ended) {
      return true;
    }
    ++connection.step;
    connection.at = 0;
  }
  return false;
}

// Sends a piece of the step's text. Returns whether that was the last one.
bool ScriptedServer::send(Connection& connection, const Script::Step& step) {
  const std::string_view left =
      std::string_view(step.text).substr(connection.at);
  const ssize_t sent =
      sendto(connection.socket.fd(), left.data(),
             std::min(step.piece, left.size()), MSG_NOSIGNAL, nullptr, 0);
  const auto count = static_cast<std::size_t>(std::max<ssize_t>(sent, 0));
  connection.at += count;
  connection.sent += count;
  return count == left.size();
}

// The request is here: its path says which script follows.
bool ScriptedServer::begin_answer(Connection& connection) {
  const std::string& request = connection.request;
  requests_.push_back(request);
  const std::size_t path = request.find(' ') + 1;
  const auto found =
      scripts_.find(request.substr(path, request.find(' ', path) - path));
  if (found == scripts_.end()) {
    return false;
  }
  connection.script = found->second;
  connection.step = 0;
  connection.in_flight = true;
  peak_in_flight_ = std::max(peak_in_flight_, ++in_flight_);
  return true;
}

Descriptor refusing_port(const char* address, std::uint16_t port) {
  sockaddr_in name = {};
  name.sin_family = AF_INET;
  name.sin_port = htons(port);
  EXPECT_EQ(inet_pton(AF_INET, address, &name.sin_addr), 1);
  Descriptor bound(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0),
                   Phase::kConnect);
  EXPECT_EQ(bind(bound.fd(), reinterpret_cast<sockaddr*>(&name), sizeof name),
            0);
  return bound;
}

std::vector<Descriptor> silent_port(const char* address, std::uint16_t port) {
  std::vector<Descriptor> held;
  held.push_back(refusing_port(address, port));
  EXPECT_EQ(listen(held[0].fd(), 0), 0);
  // Connections that nobody accepts, until there is no room for another one.
  pollfd last = {-1, POLLOUT, 0};
  do {
    held.push_back(Socket(bound_address(held[0])));
    last.fd = held.back().fd();
  } while (poll(&last, 1, 100) == 1);
  return held;
}
