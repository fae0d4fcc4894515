#include "common/net/selector_epoll.h"

#include <cerrno>
#include <system_error>

EpollSelector::EpollSelector()
    : epoll_(epoll_create1(EPOLL_CLOEXEC), Phase::kNone) {
  if (epoll_.fd() == -1) {
    throw std::system_error(errno, std::generic_category(), "epoll_create1");
  }
}

int EpollSelector::watch(int fd, Interest interest, bool watched) {
  epoll_event event = {};
  event.events = interest == Interest::kReadable ? EPOLLIN : EPOLLOUT;
  event.data.fd = fd;
  const int operation = watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
  return epoll_ctl(epoll_.fd(), operation, fd, &event) == 0 ? 0 : errno;
}

void EpollSelector::unwatch(int fd) {
  // Fails when `fd` has been closed meanwhile: then it is unwatched already.
  epoll_ctl(epoll_.fd(), EPOLL_CTL_DEL, fd, nullptr);
}

bool EpollSelector::sleep(int milliseconds, std::vector<Ready>& ready) {
  const int count = epoll_wait(epoll_.fd(), events_.data(),
                               static_cast<int>(events_.size()), milliseconds);
  if (count == -1 && errno != EINTR) {
    throw std::system_error(errno, std::generic_category(), "epoll_wait");
  }
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events_[static_cast<std::size_t>(i)];
    const bool broken = (event.events & (EPOLLERR | EPOLLHUP)) != 0;
    ready.push_back({event.data.fd, broken || (event.events & EPOLLIN) != 0,
                     broken || (event.events & EPOLLOUT) != 0, broken});
  }
  return count != -1 && count < static_cast<int>(events_.size());
}
