// The selector that the programs are built with.
#pragma once

#ifdef USE_POLL
#include "common/net/selector_poll.h"
using Selector = PollSelector;
#else
#include "common/net/selector_epoll.h"
using Selector = EpollSelector;
#endif
