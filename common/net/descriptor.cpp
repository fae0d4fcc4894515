#include "common/net/descriptor.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

namespace {

// Helper threads and the embedded server open descriptors too.
std::atomic<std::uint64_t> last_serial = 0;
constexpr std::uint64_t kMostSerials = (std::uint64_t{1} << 56) - 1;

}  // namespace

Descriptor::Descriptor(int fd, Phase phase, Caller caller)
    : fd_(fd),
      fetch_(Trace::current_fetch),
      serial_(++last_serial & kMostSerials),
      phase_(phase) {
  record(Operation::kOpen, caller);
}

Descriptor::Descriptor(Descriptor&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      fetch_(other.fetch_),
      serial_(other.serial_),
      phase_(other.phase_),
      found_(other.found_) {}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    close();
    fd_ = std::exchange(other.fd_, -1);
    fetch_ = other.fetch_;
    serial_ = other.serial_;
    phase_ = other.phase_;
    found_ = other.found_;
  }
  return *this;
}

int Descriptor::close() {
  if (fd_ == -1) {
    return 0;
  }
  record(Operation::kClose, Caller());
  // Never tried again: after EINTR the number is free on Linux, and may belong
  // to somebody else by now (close(2)).
  const bool failed = ::close(std::exchange(fd_, -1)) == -1;
  return failed && errno != EINTR ? errno : 0;
}

void open_standard_descriptors() {
  for (int fd = 0; fd <= 2; ++fd) {
    if (fcntl(fd, F_GETFD) == -1 && errno == EBADF) {
      // The lowest free number is the one just found closed (open(2)). Opened
      // the wrong way round, so that reading or writing it is an error.
      open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    }
  }
}

TracedSleep::TracedSleep(const Descriptor& descriptor, short events,
                         Caller caller)
    : descriptor_(descriptor) {
  descriptor.record(
      events == POLLIN ? Operation::kWaitReadable : Operation::kWaitWritable,
      caller);
  descriptor.record(Operation::kSleep, Caller());
}
