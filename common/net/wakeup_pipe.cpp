#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "common/net/wakeup.h"

const std::size_t Wakeup::kFiles = 2;

Wakeup Wakeup::open(Phase phase, Caller caller) {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) == -1) {
    throw std::system_error(errno, std::generic_category(), "pipe");
  }
  for (const int end : ends) {
    fcntl(end, F_SETFD, FD_CLOEXEC);
    fcntl(end, F_SETFL, O_NONBLOCK);
  }
  Wakeup wakeup(Descriptor(ends[0], phase, caller));
  wakeup.write_end_ = Descriptor(ends[1], phase, caller);
  return wakeup;
}

void Wakeup::wake() const {
  // A full pipe refuses the byte: it is readable anyway.
  [[maybe_unused]] const ssize_t written = write(write_end_.fd(), "", 1);
}
