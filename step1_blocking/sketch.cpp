// The idea of step 1: every call waits until it has something to say.
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <string>

#include "common/slow_server.h"

const SlowServer server;

void get(const std::string& path) {
  const int s = socket(AF_INET, SOCK_STREAM, 0);
  connect(s, server.address().data(), server.address().length());
  const std::string request = "GET " + path + " HTTP/1.0\r\n\r\n";
  send(s, request.data(), request.size(), 0);
  std::string response;
  char chunk[1000];
  for (;;) {
    const ssize_t size = recv(s, chunk, sizeof chunk, 0);
    if (size <= 0) {
      break;
    }
    response.append(chunk, static_cast<std::size_t>(size));
  }
  close(s);
  std::printf("%s: %s\n", path.c_str(),
              response.substr(0, response.find('\r')).c_str());
}

int main() {
  const auto start = std::chrono::steady_clock::now();
  get("/foo");
  get("/bar");
  const std::chrono::duration<double> took =
      std::chrono::steady_clock::now() - start;
  std::printf("took %.1f seconds\n", took.count());
}
