#include "tests/hard/fuzz/all_steps.h"

// Whatever the steps include comes first, so that the lines below bring in
// nothing but what is the step's own.
#include <poll.h>

#include <cerrno>
#include <coroutine>
#include <deque>
#include <exception>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

#include "common/base/clock.h"
#include "common/http/jobs.h"
#include "common/net/descriptor.h"
#include "common/net/interrupt.h"
#include "common/net/lookup.h"
#include "common/net/selector.h"
#include "common/net/socket.h"

namespace step1 {
#include "step1_blocking/fetch.cpp"
}
namespace step2 {
#include "step2_callbacks/event_loop.cpp"
#include "step2_callbacks/fetch.cpp"
}  // namespace step2
namespace step3 {
#include "step3_generators/event_loop.cpp"
#include "step3_generators/fetch.cpp"
}  // namespace step3
namespace step4 {
#include "step4_coroutines/event_loop.cpp"
#include "step4_coroutines/fetch.cpp"
}  // namespace step4
