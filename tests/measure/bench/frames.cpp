// Prints how many bytes the frames of step 4's coroutines take, in the order in
// which one fetch makes them. Linked with step 4 and with the linker's --wrap
// of the operator new that makes them.
#include <cstddef>
#include <cstdio>
#include <string>
#include <vector>

#include "common/demo/slow_server.h"
#include "common/http/jobs.h"

namespace {

std::vector<std::size_t> made;

std::string row_of(const std::vector<std::string>& cells) {
  std::string row;
  for (const std::string& cell : cells) {
    row += (row.empty() ? "" : " | ") + cell;
  }
  return row;
}

}  // namespace

extern "C" {
// NOLINTBEGIN(bugprone-reserved-identifier): the linker wants these names
void* __real__ZN8RecyclednwEm(std::size_t size);

void* __wrap__ZN8RecyclednwEm(std::size_t size) {
  made.push_back(size);
  return __real__ZN8RecyclednwEm(size);
}
// NOLINTEND(bugprone-reserved-identifier)
}

int main() {
  const SlowServer server;
  const std::vector<Url> urls = {Url(server.url("/foo?seconds=0.01&bytes=1"))};
  Jobs jobs(urls, {}, [](const Job&) {});
  fetch_all(jobs, 1);
  // The Job is no coroutine, but recycled too.
  const std::vector<std::string> names = {
      "worker",      "(the Job)", "fetch",        "look_up",
      "connect_any", "send_all",  "read_response"};
  if (made.size() != names.size()) {
    std::fprintf(stderr, "%zu allocations: a frame was elided, or is new\n",
                 made.size());
    return 1;
  }
  std::printf("|  | %s |\n|---|---|---|---|---|---|---|---|\n",
              row_of(names).c_str());
  std::vector<std::string> sizes;
  for (const std::size_t size : made) {
    sizes.push_back(std::to_string(size));
  }
  std::printf("| frame, %s | %s |\n", COMPILER, row_of(sizes).c_str());
}
