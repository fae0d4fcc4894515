// The idea of step 1: every call waits until it has something to say.
#include "common/demo/sketch.h"

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
  print_status(path, response);
}

int main() {
  const Stopwatch stopwatch;
  get("/foo");
  get("/bar");
}
