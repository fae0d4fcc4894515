// slow_server [PORT]: the demo's server for a second terminal.
#include <cstdint>
#include <cstdio>
#include <exception>

#include "common/base/parse.h"
#include "common/demo/slow_server.h"
#include "common/net/interrupt.h"
#include "common/net/selector.h"

namespace {

void serve(std::uint16_t port) {
  const SlowServer server(port);
  std::printf("%s\n", server.url("/").c_str());
  std::fflush(stdout);
  catch_interrupts();
  Selector selector;
  char token = 0;
  selector.arm(interrupt_descriptor(), Interest::kReadable, kNoDeadline,
               &token);
  selector.next();
}

}  // namespace

int main(int argc, char** argv) {
  open_standard_descriptors();
  std::uint16_t port = 0;
  if (argc == 2) {
    const auto number = parse_number<std::uint16_t>(argv[1]);
    port = number.value_or(0);
    argc = number ? 2 : 0;
  }
  if (argc != 1 && argc != 2) {
    std::fprintf(stderr, "usage: slow_server [PORT]\n");
    return 2;
  }
  try {
    serve(port);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "slow_server: %s\n", error.what());
    return 1;
  }
}
