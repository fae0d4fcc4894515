// Linked with a program, this counts what its main thread costs from the
// beginning of main to its end, and prints the figures on standard error:
//
//   wall_us            microseconds on the clock
//   cpu_us             microseconds of CPU
//   registrations      descriptors handed to the kernel to be watched: calls of
//                      epoll_ctl(2), and entries in each call of poll(2)
//   allocations        calls of operator new
//   peak_bytes         the most bytes that were allocated and not freed
//
// The linker's --wrap puts the functions here between the program and the
// kernel, and round its main.
#include <poll.h>
#include <sys/epoll.h>
#include <time.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <new>

extern "C" {
// NOLINTBEGIN(bugprone-reserved-identifier): the linker wants these names
int __real_main(int argc, char** argv);
int __real_poll(pollfd* polled, nfds_t count, int milliseconds);
int __real_epoll_ctl(int epoll, int operation, int fd, epoll_event* event);
// NOLINTEND(bugprone-reserved-identifier)
}

namespace {

thread_local bool counting = false;  // not in the threads of a server

struct {
  long registrations = 0;
  long allocations = 0;
  long bytes = 0;
  long peak_bytes = 0;
} counts;

// Stands before each piece of memory.
struct alignas(std::max_align_t) Header {
  std::size_t size;
  bool counted;
};

double seconds(clockid_t clock) {
  timespec time = {};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) +
         static_cast<double>(time.tv_nsec) / 1e9;
}

}  // namespace

void* operator new(std::size_t size) {
  auto* const header = static_cast<Header*>(std::malloc(sizeof(Header) + size));
  if (header == nullptr) {
    throw std::bad_alloc();
  }
  *header = {size, counting};
  if (counting) {
    ++counts.allocations;
    counts.bytes += static_cast<long>(size);
    counts.peak_bytes = std::max(counts.peak_bytes, counts.bytes);
  }
  return header + 1;
}

void operator delete(void* memory) noexcept {
  if (memory == nullptr) {
    return;
  }
  Header* const header = static_cast<Header*>(memory) - 1;
  if (counting && header->counted) {
    counts.bytes -= static_cast<long>(header->size);
  }
  std::free(header);
}

void operator delete(void* memory, std::size_t) noexcept {
  operator delete(memory);
}

extern "C" {
// NOLINTBEGIN(bugprone-reserved-identifier): the linker wants these names
int __wrap_poll(pollfd* polled, nfds_t count, int milliseconds) {
  if (counting) {
    counts.registrations += static_cast<long>(count);
  }
  return __real_poll(polled, count, milliseconds);
}

int __wrap_epoll_ctl(int epoll, int operation, int fd, epoll_event* event) {
  if (counting) {
    ++counts.registrations;
  }
  return __real_epoll_ctl(epoll, operation, fd, event);
}

int __wrap_main(int argc, char** argv) {
  const double wall = seconds(CLOCK_MONOTONIC);
  const double cpu = seconds(CLOCK_THREAD_CPUTIME_ID);
  counting = true;
  const int status = __real_main(argc, argv);
  counting = false;
  std::fprintf(stderr,
               "wall_us %.0f cpu_us %.0f registrations %ld allocations %ld "
               "peak_bytes %ld\n",
               (seconds(CLOCK_MONOTONIC) - wall) * 1e6,
               (seconds(CLOCK_THREAD_CPUTIME_ID) - cpu) * 1e6,
               counts.registrations, counts.allocations, counts.peak_bytes);
  return status;
}
// NOLINTEND(bugprone-reserved-identifier)
}
