// The selector for any POSIX system.
#pragma once

#include <poll.h>

#include "common/net/selector_base.h"

// Hands the kernel all waits anew on every turn, so a turn costs more the more
// wait: poll(2) works that way.
class PollSelector : public SelectorBase {
 private:
  int watch(int, Interest, bool) override { return 0; }
  void unwatch(int) override {}
  bool sleep(int milliseconds, std::vector<Ready>& ready) override;

  std::vector<pollfd> polled_;
};
