#include "common/program/input_file.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "common/base/escape.h"
#include "common/net/interrupt.h"
#include "common/program/options.h"

namespace {

// Returns 0 or an errno value.
int read_all(int fd, std::string& text) {
  std::array<char, 65536> buffer;
  for (;;) {
    // A read that blocks could miss the signal.
    pollfd polled[] = {{fd, POLLIN, 0},
                       {interrupt_descriptor().fd(), POLLIN, 0}};
    if (poll(polled, 2, -1) == -1 && errno != EINTR) {
      return errno;
    }
    if (polled[1].revents != 0) {
      throw Interrupted();
    }
    const ssize_t size =
        polled[0].revents == 0 ? -1 : read(fd, buffer.data(), buffer.size());
    if (size > 0) {
      text.append(buffer.data(), static_cast<std::size_t>(size));
    } else if (size == 0) {
      return 0;
    } else if (polled[0].revents != 0 && errno != EINTR && errno != EAGAIN) {
      return errno;
    }
  }
}

}  // namespace

std::string read_input_file(const std::string& name) {
  // Not blocking: to open a pipe would wait for somebody to write to it.
  Descriptor file;
  int error = 0;
  if (name != "-") {
    const int fd = open(name.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    error = fd == -1 ? errno : 0;
    file = fd == -1 ? Descriptor() : Descriptor(fd, Phase::kNone);
  }
  std::string text;
  if (error == 0) {
    error = read_all(name == "-" ? STDIN_FILENO : file.fd(), text);
  }
  if (error != 0) {
    throw UsageError("cannot read the input file '" + escape(name) +
                     "': " + error_text(error));
  }
  return text;
}
