// Fetches many URLs at a time: to wait is to suspend.
//
// Whenever a socket isn't ready, co_await suspends the coroutine until the
// event loop resumes it. Other coroutines run meanwhile. References may be
// parameters here, since whoever awaits a coroutine outlives it.
#include "common/http/jobs.h"
#include "common/net/lookup.h"
#include "common/net/socket.h"
#include "event_loop.h"
#include "task.h"

namespace {

Task<Addresses> look_up(EventLoop& loop, const Job& job) {
  const Lookup lookup(job.url);
  if (!lookup.ready()) {
    co_await loop.readable(lookup, job.deadline);
  }
  co_return lookup.addresses();
}

// The first connection that succeeds. Each address gets a share of the time
// that is left, so that a silent one leaves some to those after it.
Task<Socket> connect_any(EventLoop& loop, const Addresses& addresses,
                         const Job& job) {
  for (std::size_t left = addresses.size();; --left) {
    try {
      Socket socket(addresses[addresses.size() - left]);
      co_await loop.writable(socket, share_of(job.deadline, left));
      socket.connect_result();
      co_return socket;
    } catch (const FetchError&) {
      if (left == 1) {
        throw;
      }
    }
  }
}

Task<> send_all(EventLoop& loop, Socket& socket, const Job& job) {
  std::string_view data = job.url.request();
  while (!data.empty()) {
    const std::optional<std::size_t> sent = socket.send(data);
    if (sent) {
      data.remove_prefix(*sent);
    } else {
      co_await loop.writable(socket, job.deadline);
    }
  }
}

Task<> read_response(EventLoop& loop, Socket& socket, Job& job) {
  while (!job.response.complete()) {
    co_await loop.readable(socket, job.deadline);
    const std::optional<std::string_view> chunk = socket.recv();
    if (chunk) {
      job.response.feed(*chunk);
    }
  }
}

Task<> fetch(EventLoop& loop, Job& job) {
  const Addresses addresses = co_await look_up(loop, job);
  Socket socket = co_await connect_any(loop, addresses, job);
  co_await send_all(loop, socket, job);
  co_await read_response(loop, socket, job);
}

Task<> worker(EventLoop& loop, Jobs& jobs) {
  while (std::unique_ptr<Job> job = jobs.next()) {
    try {
      co_await fetch(loop, *job);
    } catch (const FetchError& error) {
      job->failed(error);
    }
    jobs.done(std::move(job));
  }
}

}  // namespace

// As many workers as may run at a time; the loop resumes whichever can go on.
void fetch_all(Jobs& jobs, std::size_t concurrency) {
  EventLoop loop;  // outlives the workers, whose waits it knows
  std::vector<Task<>> workers;
  for (std::size_t i = 0; i < concurrency; ++i) {
    workers.push_back(worker(loop, jobs));
    workers.back().start();
  }
  loop.run();
}
