// A selector waits for many descriptors at once, each with a deadline.
//
// SelectorBase keeps the waits and the deadlines; EpollSelector and
// PollSelector ask the kernel which descriptors are ready.
#pragma once

#include <cstddef>
#include <cstdint>
#include <queue>
#include <vector>

#include "common/base/clock.h"
#include "common/net/descriptor.h"

enum class Interest : std::uint8_t { kReadable, kWritable };

class SelectorBase {
 public:
  // A wait that has ended: ready, or timed out. What is ready when we look
  // counts, even if its deadline has passed meanwhile: it may be that we look
  // late, after writing to a reader that paused, say. But a wait that begins
  // after its deadline has timed out, so a server that always has one more byte
  // gains no more than one read.
  struct Event {
    void* token;
    bool timed_out;
  };

  SelectorBase() = default;
  SelectorBase(const SelectorBase&) = delete;
  SelectorBase& operator=(const SelectorBase&) = delete;
  virtual ~SelectorBase() = default;

  // Waits, once, for `descriptor` to become readable or writable; an error and
  // a hang-up count as both. next() returns `token`, which isn't null. At most
  // one wait per descriptor, and it must have ended or been disarmed before
  // the descriptor closes or is moved. Throws, with nothing armed, FetchError
  // when the kernel refuses, and std::bad_alloc.
  void arm(const Descriptor& descriptor, Interest interest, Deadline deadline,
           void* token);

  // Ends the wait for `descriptor`, if there is one: next() won't return it.
  void disarm(const Descriptor& descriptor);

  // The next wait to end; blocks until there is one. At least one must be
  // armed. What is armed between two calls is asked of the kernel afresh, so a
  // descriptor that is always ready can't keep the others waiting.
  Event next();

  std::size_t armed() const { return armed_; }

 protected:
  // What is known about one descriptor number.
  struct Slot {
    std::uint64_t serial = 0;    // of the descriptor that was armed last
    void* token = nullptr;       // null: nobody waits
    Deadline deadline;           // of that wait
    Deadline due = kNoDeadline;  // the entry in due_ that stands for this slot
    std::uint64_t armed_in = 0;  // the turn
    const Descriptor* descriptor = nullptr;  // while somebody waits
    Interest interest = Interest::kReadable;
    bool watched = false;  // by the kernel, with this serial and `interest`
  };
  struct Ready {
    int fd;
    bool readable;
    bool writable;
    bool error;  // or hung up
  };

  std::vector<Slot>& slots() { return slots_; }

  // Has the kernel watch `fd` for `interest` until it is closed or unwatched.
  // Returns 0 or an errno value.
  virtual int watch(int fd, Interest interest, bool watched) = 0;
  virtual void unwatch(int fd) = 0;
  // Sleeps until a descriptor is ready or `milliseconds` have passed (-1: no
  // limit) and appends what is ready. A signal ends the sleep early, and so
  // does SIGCONT on Linux (signal(7)): then nothing is appended. Returns
  // whether that is all that is ready.
  virtual bool sleep(int milliseconds, std::vector<Ready>& ready) = 0;

 private:
  struct Due {
    Deadline deadline;
    int fd;
    bool operator>(const Due& other) const { return deadline > other.deadline; }
  };

  void enqueue(int fd, Slot& slot);
  Slot* take_ready();
  Slot* take_overdue();
  bool is_ready(const Due& due, const Slot& slot) const;
  void turn();

  std::vector<Slot> slots_;  // indexed by descriptor number
  std::size_t armed_ = 0;

  // One turn is one sleep and what it found.
  std::uint64_t turn_ = 0;
  Clock::time_point now_ = Clock::now();  // when the sleep ended
  std::vector<Ready> ready_;
  std::size_t taken_ = 0;        // of ready_
  bool saw_all_ = true;          // that was ready
  bool late_but_ready_ = false;  // what take_overdue() returned last

  // When to look at which slot, earliest first. A wait that ends leaves its
  // entry in the queue. A later wait on the same number is found by that entry
  // if its own deadline is no earlier, so that arming rarely touches the queue.
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
};
