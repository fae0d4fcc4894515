#include "common/net/selector_base.h"

#include <poll.h>

#include <cassert>

void SelectorBase::arm(const Descriptor& descriptor, Interest interest,
                       Deadline deadline, void* token) {
  assert(token != nullptr);
  const auto index = static_cast<std::size_t>(descriptor.fd());
  if (index >= slots_.size()) {
    slots_.resize(index + 1);
  }
  Slot& slot = slots_[index];
  assert(slot.token == nullptr && "one wait per descriptor");
  if (slot.serial != descriptor.serial()) {
    slot.serial = descriptor.serial();
    slot.watched = false;  // the kernel forgot the number when it was closed
  }
  if (!slot.watched || slot.interest != interest) {
    const int error = watch(descriptor.fd(), interest, slot.watched);
    if (error != 0) {
      throw FetchError(descriptor.phase(), error);
    }
    slot.watched = true;
    slot.interest = interest;
  }
  slot.deadline = deadline;
  enqueue(descriptor.fd(), slot);
  slot.token = token;
  slot.armed_in = turn_;
  slot.descriptor = &descriptor;
  descriptor.note(Descriptor::Found::kNothing);
  ++armed_;
}

void SelectorBase::disarm(const Descriptor& descriptor) {
  const auto index = static_cast<std::size_t>(descriptor.fd());
  if (descriptor.fd() != -1 && index < slots_.size() &&
      slots_[index].serial == descriptor.serial() &&
      slots_[index].token != nullptr) {
    slots_[index].token = nullptr;
    --armed_;
  }
}

SelectorBase::Event SelectorBase::next() {
  assert(armed_ > 0);
  Slot* slot = take_ready();
  bool timed_out = false;
  while (slot == nullptr) {
    slot = take_overdue();
    timed_out = slot != nullptr && !late_but_ready_;
    if (slot == nullptr) {
      turn();
      slot = take_ready();
    }
  }
  const Event event = {slot->token, timed_out};
  slot->token = nullptr;
  --armed_;
  Trace::current_fetch = slot->descriptor->fetch();
  Trace::record(slot->serial, slot->descriptor->fetch(),
                event.timed_out ? Operation::kTimeOut : Operation::kWake,
                Caller());
  return event;
}

// The next slot of this turn whose wait is over because it is ready.
SelectorBase::Slot* SelectorBase::take_ready() {
  while (taken_ < ready_.size()) {
    const Ready& ready = ready_[taken_++];
    Slot& slot = slots_[static_cast<std::size_t>(ready.fd)];
    if (slot.token == nullptr) {
      if (slot.watched) {  // ready with nobody waiting: it would be every turn
        unwatch(ready.fd);
        slot.watched = false;
      }
    } else if (slot.armed_in < turn_ &&
               (slot.interest == Interest::kReadable ? ready.readable
                                                     : ready.writable)) {
      slot.descriptor->note(ready.error ? Descriptor::Found::kError
                                        : Descriptor::Found::kReady);
      return &slot;
    }
    // Else it was closed, used again or armed anew in this very turn, and what
    // the kernel said of it is out of date.
  }
  return nullptr;
}

// The next slot whose wait is over because its deadline has passed.
SelectorBase::Slot* SelectorBase::take_overdue() {
  while (!due_.empty() && due_.top().deadline <= now_) {
    const Due due = due_.top();
    due_.pop();
    Slot& slot = slots_[static_cast<std::size_t>(due.fd)];
    if (slot.due != due.deadline) {
      continue;  // an earlier entry has come to stand for this slot
    }
    slot.due = kNoDeadline;
    if (slot.token == nullptr) {
      continue;
    }
    if (slot.deadline <= now_) {
      late_but_ready_ = is_ready(due, slot);
      return &slot;
    }
    enqueue(due.fd, slot);
  }
  return nullptr;
}

// Whether an overdue slot was ready when we looked, among more than we saw.
bool SelectorBase::is_ready(const Due& due, const Slot& slot) const {
  if (saw_all_ || slot.armed_in == turn_) {
    return false;
  }
  const short events = slot.interest == Interest::kReadable ? POLLIN : POLLOUT;
  pollfd polled = {due.fd, events, 0};
  return poll(&polled, 1, 0) == 1;
}

void SelectorBase::enqueue(int fd, Slot& slot) {
  if (slot.deadline < slot.due) {
    due_.push({slot.deadline, fd});  // or throws, and is due no earlier
    slot.due = slot.deadline;
  }
}

void SelectorBase::turn() {
  ready_.clear();
  taken_ = 0;
  Trace::record(0, 0, Operation::kSleep, Caller());
  saw_all_ = sleep(
      milliseconds_until(due_.empty() ? kNoDeadline : due_.top().deadline),
      ready_);
  now_ = Clock::now();
  ++turn_;
}
