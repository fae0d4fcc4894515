// What the clients beside the steps are told: like the limit, they check
// nothing of a response but how long it is.
#pragma once

#include <netinet/in.h>
#include <sys/resource.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

struct Target {
  sockaddr_in address = {};  // of the server, on loopback
  std::string request;
  std::uint64_t response_bytes = 0;
  std::uint64_t fetches = 0;
  std::uint64_t concurrency = 0;
};

[[noreturn]] inline void fail(const char* operation) {
  std::perror(operation);
  std::_Exit(1);
}

// PORT PATH RESPONSE_BYTES FETCHES CONCURRENCY, from `words` on. Allows as many
// open files as the kernel does.
inline Target target_of(char** words) {
  Target target;
  const std::string port = words[0];
  target.address.sin_family = AF_INET;
  target.address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  target.address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(port)));
  target.request = std::string("GET ") + words[1] +
                   " HTTP/1.0\r\nHost: 127.0.0.1:" + port +
                   "\r\nConnection: close\r\n\r\n";
  target.response_bytes = std::stoull(words[2]);
  target.fetches = std::stoull(words[3]);
  target.concurrency = std::stoull(words[4]);
  rlimit files = {};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  return target;
}
