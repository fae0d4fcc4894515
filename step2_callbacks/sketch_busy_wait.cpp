// A wrong turn, in connected(): what doesn't wait is asked again and again.
#include "common/demo/sketch.h"

// The event loop: whom to call when which descriptor is ready.
struct Waiter {
  short events;
  std::function<void()> callback;
};
std::map<int, Waiter> waiting;

void when_writable(int fd, std::function<void()> callback) {
  waiting[fd] = {POLLOUT, std::move(callback)};
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
        ended.mapped().callback();
      }
    }
  }
}

void connected(int s, const std::string& path) {
  const std::string request = "GET " + path + " HTTP/1.0\r\n\r\n";
  send(s, request.data(), request.size(), 0);
  std::string response;
  char chunk[1000];
  for (;;) {
    const ssize_t size = recv(s, chunk, sizeof chunk, 0);
    if (size == -1) {
      continue;  // it would block: try again, and again, and again
    }
    if (size == 0) {
      break;
    }
    response.append(chunk, static_cast<std::size_t>(size));
  }
  close(s);
  print_status(path, response);
}

void get(const std::string& path) {
  const int s = socket(AF_INET, SOCK_STREAM, 0);
  fcntl(s, F_SETFL, O_NONBLOCK);  // so connect only begins
  connect(s, server.address().data(), server.address().length());
  when_writable(s, [=] { connected(s, path); });
}

int main() {
  const Stopwatch stopwatch;
  get("/foo");
  get("/bar");
  run();
}
