#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "common/net/wakeup.h"

const std::size_t Wakeup::kFiles = 1;

Wakeup Wakeup::open(Phase phase, Caller caller) {
  const int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (fd == -1) {
    throw std::system_error(errno, std::generic_category(), "eventfd");
  }
  return Wakeup(Descriptor(fd, phase, caller));
}

void Wakeup::wake() const {
  // Adding 1 to an eventfd fails only at 2^64 - 2: it is readable anyway.
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(fd(), &one, sizeof one);
}
