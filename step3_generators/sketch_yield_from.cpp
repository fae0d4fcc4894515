// A generator inside a generator: whoever waits for it hands its Future on.
#include <optional>

#include "common/demo/sketch.h"

// A Future is something that hasn't happened yet.
struct Future {
  void subscribe(std::function<void()> f) { callback = std::move(f); }
  void resolve() const { callback(); }
  std::function<void()> callback;
};

// The event loop: which Future to resolve when which descriptor is ready.
struct Waiter {
  short events;
  Future future;
};
std::map<int, Waiter> waiting;

Future& readable(int fd) {
  return (waiting[fd] = {POLLIN, {}}).future;
}

Future& writable(int fd) {
  return (waiting[fd] = {POLLOUT, {}}).future;
}

void run() {
  while (!waiting.empty()) {
    std::vector<pollfd> polled;
    for (const auto& [fd, waiter] : waiting) {
      polled.push_back({fd, waiter.events, 0});
    }
    poll(polled.data(), polled.size(), -1);
    for (const pollfd& p : polled) {
      if (p.revents != 0) {
        const auto ended = waiting.extract(p.fd);  // before fd waits once more
        ended.mapped().future.resolve();
      }
    }
  }
}

// A Generator runs to its next wait, and returns its Future; null at the end.
struct Generator {
  virtual ~Generator() = default;
  virtual Future* resume() = 0;
};

// A Task drives a generator: each Future it returns will call step() again.
struct Task {
  void step() {
    if (Future* const future = generator.resume()) {
      future->subscribe([this] { step(); });
    }
  }
  Generator& generator;
};

struct ReadAll : Generator {
  ReadAll(int socket, std::string& to) : s(socket), response(to) {}

  Future* resume() override {
    switch (at) {
      case At::start:
        at = At::reading;
        return &readable(s);
      case At::reading:
        const ssize_t size = recv(s, chunk, sizeof chunk, 0);
        if (size > 0) {
          response.append(chunk, static_cast<std::size_t>(size));
          return &readable(s);
        }
    }
    return nullptr;
  }

  enum class At { start, reading } at = At::start;
  const int s;
  std::string& response;
  char chunk[1000];
};

struct Get : Generator {
  explicit Get(const char* p) : path(p) {}

  Future* resume() override {
    switch (at) {
      case At::start:
        s = socket(AF_INET, SOCK_STREAM, 0);
        fcntl(s, F_SETFL, O_NONBLOCK);  // so connect only begins
        connect(s, server.address().data(), server.address().length());
        at = At::connecting;
        return &writable(s);
      case At::connecting:
        request = "GET " + path + " HTTP/1.0\r\n\r\n";
        send(s, request.data(), request.size(), 0);
        read_all.emplace(s, response);
        at = At::reading;
        [[fallthrough]];
      case At::reading:
        if (Future* const future = read_all->resume()) {
          return future;  // not ours, but that of the generator inside
        }
        close(s);
        print_status(path, response);
    }
    return nullptr;
  }

  enum class At { start, connecting, reading } at = At::start;
  const std::string path;
  int s = -1;
  std::string request;
  std::string response;
  std::optional<ReadAll> read_all;
};

int main() {
  const Stopwatch stopwatch;
  Get foo("/foo");
  Get bar("/bar");
  Task foo_task{foo};
  Task bar_task{bar};
  foo_task.step();
  bar_task.step();
  run();
}
