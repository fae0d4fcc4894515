// The selector for Linux.
#pragma once

#include <sys/epoll.h>

#include <array>

#include "common/net/selector_base.h"

// Level-triggered. A descriptor stays registered between two waits for the
// same thing, so a wait rarely costs a system call of its own.
class EpollSelector : public SelectorBase {
 public:
  EpollSelector();  // throws std::system_error

 private:
  int watch(int fd, Interest interest, bool watched) override;
  void unwatch(int fd) override;
  bool sleep(int milliseconds, std::vector<Ready>& ready) override;

  Descriptor epoll_;
  std::array<epoll_event, 256> events_;
};
