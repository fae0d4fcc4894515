// Steps 2, 3 and 4 do the same with each descriptor, in the same order.
#include <gtest/gtest.h>

#include <string>

#include "tests/support/places.h"
#include "tests/support/process.h"

namespace {

TEST(Operations, AreTheSameInStepsTwoThreeAndFour) {
  const Ended callbacks = run({kPrograms + "step2_operations"});
  EXPECT_EQ(callbacks.status, 0) << callbacks.err;
  for (const char* const part :
       {"two.test:1/: open, wait readable, wake, close: complete\n",
        "recv 1, wait readable, wake, recv 1, ",
        "send -1, wait writable, wake, send 5, ", "two.test:3/: open, close: ",
        "two.test:4/: open, wait writable, wake, connect, close: ",
        "recv -1, close: receive: connection reset by peer\n",
        ": open, wait writable, time out, close: connect: timed out\n"}) {
    EXPECT_NE(callbacks.out.find(part), std::string::npos)
        << part << " is missing in:\n"
        << callbacks.out;
  }
  for (const char* const step : {"step3", "step4"}) {
    const Ended other = run({kPrograms + step + "_operations"});
    EXPECT_EQ(other.status, 0) << other.err;
    EXPECT_EQ(other.out, callbacks.out)
        << "A lesson: callbacks, generators and coroutines are ways to write "
           "the same thing down. What the kernel is asked to do, and when, is "
           "the same. Not so in "
        << step;
  }
}

}  // namespace
