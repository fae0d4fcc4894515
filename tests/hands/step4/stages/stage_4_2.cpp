// Say: at its end a coroutine resumes its parent, if it has one.
#include <coroutine>

#include "common/demo/sketch.h"

// A Future is something that hasn't happened yet.
struct Future {
  void subscribe(std::function<void()> f) { callback = std::move(f); }
  void resolve() const { callback(); }
  std::function<void()> callback;
};

// To await a Future is to subscribe the coroutine; its handle is callable.
struct Awaiter {
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> waiter) {
    future.subscribe(waiter);
  }
  void await_resume() const {}
  Future& future;
};

Awaiter operator co_await(Future& future) {
  return Awaiter{future};
}

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

// What a coroutine awaits after its body: its parent is resumed.
struct ResumeParent : std::suspend_always {
  explicit ResumeParent(std::coroutine_handle<> handle) : parent(handle) {}
  std::coroutine_handle<> await_suspend(std::coroutine_handle<>) noexcept {
    return parent;
  }
  std::coroutine_handle<> parent;
};

// A Task owns a coroutine: co_await does what the driver of step 3 did.
struct Task {
  struct promise_type {
    Task get_return_object() { return Handle::from_promise(*this); }
    std::suspend_always initial_suspend() { return {}; }
    ResumeParent final_suspend() noexcept { return ResumeParent(parent); }
    void return_void() {}
    void unhandled_exception() { throw; }
    std::coroutine_handle<> parent = std::noop_coroutine();  // nobody, so far
  };
  using Handle = std::coroutine_handle<promise_type>;
  Task(Handle h) : handle(h) {}
  Task(const Task&) = delete;
  ~Task() { handle.destroy(); }
  void start() { handle.resume(); }
  Handle handle;
};

Task get(const std::string path) {  // a copy: the caller goes on
  const int s = socket(AF_INET, SOCK_STREAM, 0);
  fcntl(s, F_SETFL, O_NONBLOCK);  // so connect only begins
  connect(s, server.address().data(), server.address().length());
  co_await writable(s);
  const std::string request = "GET " + path + " HTTP/1.0\r\n\r\n";
  send(s, request.data(), request.size(), 0);
  std::string response;
  char chunk[1000];
  for (;;) {
    co_await readable(s);
    const ssize_t size = recv(s, chunk, sizeof chunk, 0);
    if (size <= 0) {
      break;
    }
    response.append(chunk, static_cast<std::size_t>(size));
  }
  close(s);
  print_status(path, response);
}

int main() {
  const Stopwatch stopwatch;
  Task foo = get("/foo");
  Task bar = get("/bar");
  foo.start();
  bar.start();
  run();
}
