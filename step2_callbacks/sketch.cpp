// The idea of step 2: to wait is to say whom to call, and to return.
#include "common/demo/sketch.h"

// The event loop: whom to call when which descriptor is ready.
struct Waiter {
  short events;
  std::function<void()> callback;
};
std::map<int, Waiter> waiting;

void when_readable(int fd, std::function<void()> callback) {
  waiting[fd] = {POLLIN, std::move(callback)};
}

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

void readable(int s, const std::string& path, std::string response) {
  char chunk[1000];
  const ssize_t size = recv(s, chunk, sizeof chunk, 0);
  if (size > 0) {
    response.append(chunk, static_cast<std::size_t>(size));
    when_readable(s, [=] { readable(s, path, response); });
    return;
  }
  close(s);
  print_status(path, response);
}

void connected(int s, const std::string& path) {
  const std::string request = "GET " + path + " HTTP/1.0\r\n\r\n";
  send(s, request.data(), request.size(), 0);
  when_readable(s, [=] { readable(s, path, ""); });
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
