// A thread per fetch: the plainest way to wait for many.
//
// threads PORT PATH RESPONSE_BYTES FETCHES CONCURRENCY
#include <sys/socket.h>
#include <unistd.h>

#include <semaphore>
#include <system_error>
#include <thread>

#include "client.h"

namespace {

void fetch(const Target& target) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (fd == -1) {
    fail("socket");
  }
  if (connect(fd, reinterpret_cast<const sockaddr*>(&target.address),
              sizeof target.address) == -1) {
    fail("connect");
  }
  if (send(fd, target.request.data(), target.request.size(), MSG_NOSIGNAL) ==
      -1) {
    fail("send");
  }
  char buffer[8192];
  for (std::uint64_t left = target.response_bytes; left > 0;) {
    const ssize_t got = recv(fd, buffer, sizeof buffer, 0);
    if (got <= 0) {
      fail("recv");
    }
    left -= static_cast<std::uint64_t>(got);
  }
  close(fd);
}

void run(const Target& target) {
  std::counting_semaphore<> free(
      static_cast<std::ptrdiff_t>(target.concurrency));
  for (std::uint64_t i = 0; i < target.fetches; ++i) {
    free.acquire();
    std::thread([&] {
      fetch(target);
      free.release();
    }).detach();
  }
  for (std::uint64_t i = 0; i < target.concurrency; ++i) {
    free.acquire();  // until the last has ended
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) {
    std::fprintf(stderr,
                 "threads PORT PATH RESPONSE_BYTES FETCHES CONCURRENCY\n");
    return 2;
  }
  const Target target = target_of(argv + 1);
  try {
    run(target);
  } catch (const std::system_error& error) {
    std::fprintf(stderr, "threads: %s\n", error.what());
    std::_Exit(1);
  }
  // Threads that have released the semaphore may still be ending.
  std::_Exit(0);
}
