// Linked with a sketch, this counts its calls of recv(2), which the linker's
// --wrap hands over to us, and prints the counts when the sketch ends.
#include <sys/socket.h>

#include <algorithm>
#include <cstdio>
#include <set>
#include <thread>

extern "C" {
// NOLINTBEGIN(bugprone-reserved-identifier): the linker wants these names
ssize_t __real_recv(int fd, void* data, size_t size, int flags);
ssize_t __wrap_recv(int fd, void* data, size_t size, int flags);
// NOLINTEND(bugprone-reserved-identifier)
}

namespace {

// The embedded server has a thread of its own, which doesn't count.
const std::thread::id sketch = std::this_thread::get_id();

struct Counts {
  ~Counts() {
    std::fprintf(stderr, "useful %d useless %d at_a_time %zu\n", useful,
                 useless, at_a_time);
  }
  int useful = 0;
  int useless = 0;            // would have blocked
  std::set<int> begun;        // responses that have begun and not ended
  std::size_t at_a_time = 0;  // the most of those that there were
} counts;

}  // namespace

ssize_t __wrap_recv(int fd, void* data, size_t size, int flags) {
  const ssize_t received = __real_recv(fd, data, size, flags);
  if (std::this_thread::get_id() == sketch) {
    ++(received == -1 ? counts.useless : counts.useful);
    if (received > 0) {
      counts.begun.insert(fd);
    } else if (received == 0) {
      counts.begun.erase(fd);
    }
    counts.at_a_time = std::max(counts.at_a_time, counts.begun.size());
  }
  return received;
}
