// A wait that a selector has no memory for leaves nothing behind that the next
// one would take for its own.
#include <gtest/gtest.h>

#include <new>

#include "common/net/selector.h"
#include "common/net/selector_poll.h"
#include "common/net/wakeup.h"
#include "tests/hard/faults/failing_calls.h"

namespace {

// Whether arming failed.
template <typename AnySelector>
bool fails_to_arm(AnySelector& selector, const Descriptor& descriptor,
                  Deadline deadline, int nth, void* token) {
  begin_failing({"operator new", nth, ENOMEM});
  bool thrown = false;
  try {
    selector.arm(descriptor, Interest::kReadable, deadline, token);
  } catch (const std::bad_alloc&) {
    thrown = true;
  }
  EXPECT_EQ(end_failing(), thrown);
  return thrown;
}

// Each allocation of one wait fails; the next wait for the same descriptor,
// whose deadline is a later one, ends with that all the same.
template <typename AnySelector>
void expect_next_deadline_is_kept() {
  bool failed = true;
  for (int nth = 1; failed && !testing::Test::HasFailure(); ++nth) {
    SCOPED_TRACE(nth);
    const Wakeup wakeup = Wakeup::open();
    const Wakeup other = Wakeup::open();
    AnySelector selector;
    char token = 0;
    char late = 0;
    const Deadline now = Clock::now();
    failed = fails_to_arm(selector, wakeup, now, nth, &token);
    EXPECT_EQ(selector.armed(), failed ? 0U : 1U);
    selector.disarm(wakeup);
    selector.arm(wakeup, Interest::kReadable,
                 now + std::chrono::milliseconds(1), &token);
    selector.arm(other, Interest::kReadable, now + std::chrono::seconds(10),
                 &late);
    const auto event = selector.next();
    EXPECT_EQ(event.token, &token);
    EXPECT_TRUE(event.timed_out);
  }
}

TEST(SelectorFaults, OfAWaitLoseNoDeadlineOfTheNext) {
  expect_next_deadline_is_kept<Selector>();
  expect_next_deadline_is_kept<PollSelector>();
}

}  // namespace
