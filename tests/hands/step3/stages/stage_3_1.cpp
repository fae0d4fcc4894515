// Say: what is resumed, and who resumes it. (Nobody uses them yet.)
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

void received(int s, const std::string& path, std::string response) {
  char chunk[1000];
  const ssize_t size = recv(s, chunk, sizeof chunk, 0);
  if (size > 0) {
    response.append(chunk, static_cast<std::size_t>(size));
    readable(s).subscribe([=] { received(s, path, response); });
    return;
  }
  close(s);
  print_status(path, response);
}

void connected(int s, const std::string& path) {
  const std::string request = "GET " + path + " HTTP/1.0\r\n\r\n";
  send(s, request.data(), request.size(), 0);
  readable(s).subscribe([=] { received(s, path, ""); });
}

void get(const std::string& path) {
  const int s = socket(AF_INET, SOCK_STREAM, 0);
  fcntl(s, F_SETFL, O_NONBLOCK);  // so connect only begins
  connect(s, server.address().data(), server.address().length());
  writable(s).subscribe([=] { connected(s, path); });
}

int main() {
  const Stopwatch stopwatch;
  get("/foo");
  get("/bar");
  run();
}
