#include "common/view/output.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>

#include "common/base/fetch_error.h"
#include "common/net/interrupt.h"

namespace {

// Returns 0 or an errno value; EINTR means that the run is interrupted and the
// reader isn't reading.
int write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    // A write that blocks could miss the signal. One of up to PIPE_BUF bytes
    // doesn't block on what poll(2) calls writable (pipe(7)).
    pollfd polled[] = {{fd, POLLOUT, 0},
                       {interrupt_descriptor().fd(), POLLIN, 0}};
    if (poll(polled, 2, -1) == -1 && errno != EINTR) {
      return errno;
    }
    if (polled[0].revents == 0) {
      if (polled[1].revents != 0) {
        return EINTR;
      }
      continue;
    }
    const ssize_t written =
        write(fd, text.data(), std::min<std::size_t>(text.size(), PIPE_BUF));
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR && errno != EAGAIN) {
      return errno;
    }
  }
  return 0;
}

}  // namespace

void write_output(std::string_view text) {
  const int error = write_all(STDOUT_FILENO, text);
  if (error == EINTR) {
    throw Interrupted();
  }
  if (error != 0) {
    throw OutputError("cannot write to standard output: " + error_text(error));
  }
}

void write_error(std::string_view text) {
  try {
    write_all(STDERR_FILENO, text);
  } catch (const std::exception&) {  // nothing to make interrupt_descriptor of
    [[maybe_unused]] const ssize_t written =
        write(STDERR_FILENO, text.data(), text.size());
  }
}
