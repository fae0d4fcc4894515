// Say: connect, then ask. Both wait for the other side.
#include "common/demo/sketch.h"

void get(const std::string& path) {
  const int s = socket(AF_INET, SOCK_STREAM, 0);
  connect(s, server.address().data(), server.address().length());
  const std::string request = "GET " + path + " HTTP/1.0\r\n\r\n";
  send(s, request.data(), request.size(), 0);
  std::printf("%s: asked for\n", path.c_str());
  close(s);
}

int main() {
  get("/foo");
}
