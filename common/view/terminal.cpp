#include "common/view/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

bool output_is_terminal() {
  return isatty(STDOUT_FILENO) == 1;
}

std::size_t columns_of(int fd) {
  winsize size = {};
  const bool known = ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col != 0;
  return known ? size.ws_col : 80;
}
