// Say: nothing blocks any more. Will the two overlap?
#include "common/demo/sketch.h"

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
  connected(s, path);
}

int main() {
  const Stopwatch stopwatch;
  get("/foo");
  get("/bar");
}
