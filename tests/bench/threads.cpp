// A thread per fetch: the plainest way to wait for many. Like the limit it
// checks nothing, and knows how long a response is.
//
// threads PORT PATH RESPONSE_BYTES FETCHES CONCURRENCY
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <semaphore>
#include <string>
#include <system_error>
#include <thread>

namespace {

struct Target {
  sockaddr_in address = {};
  std::string request;
  std::uint64_t response_bytes;
};

[[noreturn]] void fail(const char* operation) {
  std::perror(operation);
  std::_Exit(1);
}

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

void run(const Target& target, std::uint64_t fetches, long concurrency) {
  std::counting_semaphore<> free(concurrency);
  for (std::uint64_t i = 0; i < fetches; ++i) {
    free.acquire();
    std::thread([&] {
      fetch(target);
      free.release();
    }).detach();
  }
  for (long i = 0; i < concurrency; ++i) {
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
  rlimit files = {};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  Target target;
  target.address.sin_family = AF_INET;
  target.address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  target.address.sin_port =
      htons(static_cast<std::uint16_t>(std::atoi(argv[1])));
  target.request = std::string("GET ") + argv[2] +
                   " HTTP/1.0\r\nHost: 127.0.0.1:" + argv[1] +
                   "\r\nConnection: close\r\n\r\n";
  target.response_bytes = std::strtoull(argv[3], nullptr, 10);
  try {
    run(target, std::strtoull(argv[4], nullptr, 10), std::atol(argv[5]));
  } catch (const std::system_error& error) {
    std::fprintf(stderr, "threads: %s\n", error.what());
    std::_Exit(1);
  }
  // Threads that have released the semaphore may still be ending.
  std::_Exit(0);
}
