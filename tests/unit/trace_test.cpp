#include "common/base/trace.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "common/net/descriptor.h"

namespace {

int open_null() {
  return open("/dev/null", O_RDWR | O_CLOEXEC);
}

bool is_open(int fd) {
  return fcntl(fd, F_GETFD) != -1;
}

TEST(Descriptor, ClosesWhatItOwnsOnceWhereverItIsMoved) {
  Descriptor first(open_null(), Phase::kSend);
  Descriptor second(open_null(), Phase::kConnect);
  const int fd = first.fd();
  const int other = second.fd();
  const std::uint64_t serial = first.serial();
  {
    Descriptor moved(std::move(first));
    first = Descriptor();
    EXPECT_TRUE(is_open(fd));
    second = std::move(moved);
    EXPECT_FALSE(is_open(other));
  }
  Descriptor& same = second;
  second = std::move(same);
  EXPECT_TRUE(is_open(fd));
  EXPECT_EQ(second.fd(), fd);
  EXPECT_EQ(second.serial(), serial);
  EXPECT_EQ(second.phase(), Phase::kSend);
  { const Descriptor last(std::move(second)); }
  EXPECT_FALSE(is_open(fd));
  EXPECT_EQ(Descriptor().close(), 0);
}

TEST(Descriptor, TellsWhyCloseFailedAndIsClosedAnyway) {
  Descriptor descriptor(open_null(), Phase::kReceive);
  ::close(descriptor.fd());
  EXPECT_EQ(descriptor.close(), EBADF);
  EXPECT_EQ(descriptor.fd(), -1);
  EXPECT_EQ(descriptor.close(), 0);
}

TEST(Descriptor, NeverHasASerialTwiceThoughItsNumberComesAgain) {
  std::set<int> numbers;
  std::set<std::uint64_t> serials;
  for (int i = 0; i < 100; ++i) {
    const Descriptor descriptor(open_null(), Phase::kReceive);
    numbers.insert(descriptor.fd());
    serials.insert(descriptor.serial());
  }
  EXPECT_LT(numbers.size(), 100U);
  EXPECT_EQ(serials.size(), 100U);
}

TEST(Trace, RecordsWhatWasDoneForWhichFetchFromWhichLine) {
  const Trace trace(100);
  Trace::current_fetch = 7;
  Clock::time_point before = Clock::now();
  const unsigned line = __LINE__ + 1;
  Descriptor descriptor(open_null(), Phase::kReceive);
  Trace::current_fetch = 8;
  Descriptor moved(std::move(descriptor));
  moved.record(Operation::kRecv, Caller::here(), -1);
  moved.close();
  moved.close();
  Trace::current_fetch = 0;

  ASSERT_EQ(trace.records().size(), 3U);
  const std::vector<std::string> expected = {
      "open 0 " + std::to_string(line), "recv -1 " + std::to_string(line + 3),
      "close 0 0"};
  for (std::size_t i = 0; i < 3; ++i) {
    const Trace::Record& record = trace.records()[i];
    EXPECT_EQ(operation_name(record.operation) + std::string(" ") +
                  std::to_string(record.bytes) + " " +
                  std::to_string(record.line),
              expected[i]);
    EXPECT_EQ(record.file, i == 2 ? std::string() : __FILE__);
    EXPECT_EQ(record.fetch, 7U);  // the one it was opened for
    EXPECT_EQ(record.descriptor, moved.serial());
    EXPECT_GE(record.time, before);
    before = record.time;
  }
}

TEST(Trace, IsOffBeforeAndAfterAndOnOtherThreadsAndBounded) {
  Descriptor before(open_null(), Phase::kReceive);
  {
    const Trace trace(2);
    std::thread([] {
      const Descriptor untraced(open_null(), Phase::kReceive);
    }).join();
    EXPECT_EQ(trace.records().size(), 0U);
    before.close();
    EXPECT_EQ(trace.records().size(), 1U);
    { const Descriptor opened_and_closed(open_null(), Phase::kReceive); }
    EXPECT_EQ(trace.records().size(), 2U);
    EXPECT_EQ(trace.dropped(), 1U);
  }
  const Descriptor after(open_null(), Phase::kReceive);
  const Trace second(2);
  EXPECT_EQ(second.records().size() + second.dropped(), 0U);
}

TEST(Trace, HasANameForEachOperation) {
  std::string names;
  for (int i = 0; i <= static_cast<int>(Operation::kClose); ++i) {
    names += std::string("|") + operation_name(static_cast<Operation>(i));
  }
  EXPECT_EQ(names,
            "|begin|end|fail|sleep|open|wait readable|wait writable|wake|time "
            "out|connect"
            "|send|recv|close");
}

}  // namespace
