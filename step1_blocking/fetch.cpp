// Fetches URLs one after the other: to wait is to sleep.
//
// Whenever a socket isn't ready, wait_readable or wait_writable puts the
// thread to sleep until it is. Nothing else can happen meanwhile.
#include "common/http/jobs.h"
#include "common/net/lookup.h"
#include "common/net/socket.h"
#include "wait.h"

namespace {

Addresses look_up(const Job& job) {
  const Lookup lookup(job.url);
  if (!lookup.ready()) {
    wait_readable(lookup, job.deadline);
  }
  return lookup.addresses();
}

// The first connection that succeeds. Each address gets a share of the time
// that is left, so that a silent one leaves some to those after it.
Socket connect_any(const Addresses& addresses, const Job& job) {
  for (std::size_t left = addresses.size();; --left) {
    try {
      Socket socket(addresses[addresses.size() - left]);
      wait_writable(socket, share_of(job.deadline, left));
      socket.connect_result();
      return socket;
    } catch (const FetchError&) {
      if (left == 1) {
        throw;
      }
    }
  }
}

void send_all(Socket& socket, const Job& job) {
  std::string_view data = job.url.request();
  while (!data.empty()) {
    const std::optional<std::size_t> sent = socket.send(data);
    if (sent) {
      data.remove_prefix(*sent);
    } else {
      wait_writable(socket, job.deadline);
    }
  }
}

void read_response(Socket& socket, Job& job) {
  while (!job.response.complete()) {
    wait_readable(socket, job.deadline);
    const std::optional<std::string_view> chunk = socket.recv();
    if (chunk) {
      job.response.feed(*chunk);
    }
  }
}

void fetch(Job& job) {
  const Addresses addresses = look_up(job);
  Socket socket = connect_any(addresses, job);
  send_all(socket, job);
  read_response(socket, job);
}

void worker(Jobs& jobs) {
  while (std::unique_ptr<Job> job = jobs.next()) {
    try {
      fetch(*job);
    } catch (const FetchError& error) {
      job->failed(error);
    }
    jobs.done(std::move(job));
  }
}

}  // namespace

// One worker, whatever `concurrency` says: while it waits, the thread sleeps.
void fetch_all(Jobs& jobs, std::size_t) {
  worker(jobs);
}
