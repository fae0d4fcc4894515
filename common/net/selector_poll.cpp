#include "common/net/selector_poll.h"

#include <cerrno>
#include <system_error>

bool PollSelector::sleep(int milliseconds, std::vector<Ready>& ready) {
  polled_.clear();
  for (std::size_t fd = 0; fd < slots().size(); ++fd) {
    const Slot& slot = slots()[fd];
    if (slot.token != nullptr) {
      const short events =
          slot.interest == Interest::kReadable ? POLLIN : POLLOUT;
      polled_.push_back({static_cast<int>(fd), events, 0});
    }
  }
  const int count =
      poll(polled_.data(), static_cast<nfds_t>(polled_.size()), milliseconds);
  if (count == -1 && errno != EINTR) {
    throw std::system_error(errno, std::generic_category(), "poll");
  }
  for (const pollfd& polled : polled_) {
    if (count > 0 && polled.revents != 0) {
      const bool broken =
          (polled.revents & (POLLERR | POLLHUP | POLLNVAL)) != 0;
      ready.push_back({polled.fd, broken || (polled.revents & POLLIN) != 0,
                       broken || (polled.revents & POLLOUT) != 0, broken});
    }
  }
  return count != -1;
}
