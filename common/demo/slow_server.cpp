#include "common/demo/slow_server.h"

#include <algorithm>
#include <map>
#include <memory>
#include <system_error>
#include <vector>

#include "common/demo/slow_plan.h"
#include "common/net/background_thread.h"
#include "common/net/selector.h"
#include "common/net/socket.h"

namespace {

constexpr std::size_t kMaxRequest = 128 * 1024;

// How long a client may take to send its request, or to read on.
constexpr auto kPatience = std::chrono::seconds(60);

struct Connection {
  explicit Connection(Socket accepted) : socket(std::move(accepted)) {}

  enum class State { kReading, kGathering, kPausing, kSending };

  Socket socket;
  State state = State::kReading;
  std::string request;
  SlowPlan plan;
  Clock::time_point began;
  std::uint64_t chunk = 0;  // the last one that is due
  std::uint64_t sent = 0;   // bytes
};

bool is_whole(const std::string& request) {
  return request.find("\r\n\r\n") != request.npos ||
         request.find("\n\n") != request.npos;
}

}  // namespace

// What the server's thread does, and all that it alone knows.
class SlowServer::Service {
 public:
  explicit Service(SlowServer& server) : server_(server) {
    selector_.arm(server_.stop_, Interest::kReadable, kNoDeadline, &stop_);
    selector_.arm(server_.listener_, Interest::kReadable, kNoDeadline,
                  &accept_);
  }

  void run() try {
    for (;;) {
      const Selector::Event event = selector_.next();
      if (event.token == &stop_) {
        return;
      }
      if (event.token == &accept_) {
        accept_all();
      } else {
        proceed(static_cast<Connection*>(event.token), event.timed_out);
      }
    }
  } catch (const std::exception&) {  // the kernel can't watch at all
    shutdown(server_.listener_.fd(), SHUT_RDWR);
  }

 private:
  using State = Connection::State;

  void accept_all() {
    Interest interest = Interest::kReadable;
    Deadline deadline = kNoDeadline;
    try {
      while (std::optional<Socket> socket = accept_from(server_.listener_)) {
        auto added = std::make_unique<Connection>(std::move(*socket));
        Connection* const connection = added.get();
        connections_[connection] = std::move(added);
        wait(connection, Interest::kReadable, Clock::now() + kPatience);
      }
    } catch (const std::exception&) {
      // Out of descriptors or memory. A listening socket is never writable, so
      // to wait for that lets some time pass, in which connections may end.
      interest = Interest::kWritable;
      deadline = Clock::now() + std::chrono::milliseconds(50);
    }
    selector_.arm(server_.listener_, interest, deadline, &accept_);
  }

  void wait(Connection* connection, Interest interest, Deadline deadline) try {
    selector_.arm(connection->socket, interest, deadline, connection);
  } catch (const std::exception&) {  // the kernel can't watch any more
    drop(connection);
  }

  // What `connection` waited for has come, or its time is up.
  void proceed(Connection* connection, bool timed_out) try {
    switch (connection->state) {
      case State::kReading:
        return timed_out ? drop(connection) : read(connection);
      case State::kGathering:
        return timed_out ? give_up(connection) : read(connection);
      case State::kPausing:
        return timed_out ? next_chunk(connection) : read(connection);
      case State::kSending:
        return timed_out ? drop(connection) : send(connection);
    }
  } catch (const std::exception&) {  // the client is gone, or the memory
    drop(connection);
  }

  // Reads the request, and later on whether the client is still there.
  void read(Connection* connection) {
    const std::optional<std::string_view> bytes = connection->socket.recv();
    if (bytes && bytes->empty()) {
      return drop(connection);
    }
    if (connection->state == State::kGathering) {
      return wait(connection, Interest::kReadable, when_to_give_up(connection));
    }
    if (connection->state == State::kPausing) {
      return pause(connection);
    }
    connection->request += bytes.value_or("");
    if (is_whole(connection->request)) {
      begin(connection);
    } else if (connection->request.size() > kMaxRequest) {
      drop(connection);
    } else {
      wait(connection, Interest::kReadable, Clock::now() + kPatience);
    }
  }

  void begin(Connection* connection) {
    connection->plan = SlowPlan::of(connection->request);
    connection->began = Clock::now();
    connection->request = {};
    connection->state = State::kPausing;  // it counts from now on
    const std::uint64_t now = ++server_.in_flight_;
    server_.peak_in_flight_ = std::max(now, server_.peak_in_flight_.load());
    if (connection->plan.together() > 0) {
      gather(connection);
    } else {
      pause(connection);
    }
  }

  void gather(Connection* connection) {
    const std::uint64_t wanted = connection->plan.together();
    connection->state = State::kGathering;
    std::vector<Connection*>& group = groups_[wanted];
    group.push_back(connection);
    wait(connection, Interest::kReadable, when_to_give_up(connection));
    if (group.size() == wanted) {
      const std::vector<Connection*> together = std::move(group);
      groups_.erase(wanted);
      for (Connection* const each : together) {
        answer(each, "200 OK", "together");
      }
    }
  }

  Deadline when_to_give_up(const Connection* connection) const {
    return connection->began + connection->plan.time(connection->plan.chunks());
  }

  void give_up(Connection* connection) {
    leave_group(connection);
    answer(connection, "503 Service Unavailable", "alone");
  }

  void leave_group(Connection* connection) {
    std::erase(groups_[connection->plan.together()], connection);
  }

  void answer(Connection* client, const char* status, const char* text) try {
    selector_.disarm(client->socket);
    client->plan = SlowPlan::answer(status, text);
    pause(client);
  } catch (const std::exception&) {  // one of a group; the others go on
    drop(client);
  }

  void pause(Connection* connection) {
    connection->state = State::kPausing;
    wait(connection, Interest::kReadable,
         connection->began + connection->plan.time(connection->chunk + 1));
  }

  void next_chunk(Connection* connection) {
    connection->state = State::kSending;
    ++connection->chunk;
    send(connection);
  }

  void send(Connection* connection) {
    const SlowPlan& plan = connection->plan;
    const std::uint64_t due = plan.bytes_until(connection->chunk);
    while (connection->sent < due) {
      const std::optional<std::size_t> sent = connection->socket.send(
          plan.piece(connection->sent, connection->chunk));
      if (!sent) {
        return wait(connection, Interest::kWritable, Clock::now() + kPatience);
      }
      connection->sent += *sent;
    }
    if (connection->chunk == plan.chunks()) {
      drop(connection);
    } else {
      pause(connection);
    }
  }

  void drop(Connection* connection) {
    if (connection->state == State::kGathering) {
      leave_group(connection);
    }
    if (connection->state != State::kReading) {
      --server_.in_flight_;
    }
    selector_.disarm(connection->socket);
    connections_.erase(connection);
  }

  SlowServer& server_;
  Selector selector_;
  std::map<Connection*, std::unique_ptr<Connection>> connections_;
  std::map<std::uint64_t, std::vector<Connection*>> groups_;
  char stop_ = 0;  // the tokens of the two waits that are no connection's
  char accept_ = 0;
};

SlowServer::SlowServer(std::uint16_t port)
    : stop_(Wakeup::open()), listener_(listen_on_loopback(port)) {
  // Made here, so that what it lacks is thrown at the caller.
  const auto service = std::make_shared<Service>(*this);
  thread_ = background_thread([service] { service->run(); });
}

SlowServer::~SlowServer() {
  stop_.wake();
  thread_.join();
}

std::string SlowServer::url(const std::string& path) const {
  return "http://127.0.0.1:" + std::to_string(address().port()) + path;
}

Address SlowServer::address() const {
  return bound_address(listener_);
}
