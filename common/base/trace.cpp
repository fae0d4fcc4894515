#include "common/base/trace.h"

#include <cassert>
#include <new>

const char* operation_name(Operation operation) {
  switch (operation) {
    case Operation::kBegin:
      return "begin";
    case Operation::kEnd:
      return "end";
    case Operation::kFail:
      return "fail";
    case Operation::kSleep:
      return "sleep";
    case Operation::kOpen:
      return "open";
    case Operation::kWaitReadable:
      return "wait readable";
    case Operation::kWaitWritable:
      return "wait writable";
    case Operation::kWake:
      return "wake";
    case Operation::kTimeOut:
      return "time out";
    case Operation::kConnect:
      return "connect";
    case Operation::kSend:
      return "send";
    case Operation::kRecv:
      return "recv";
    case Operation::kClose:
      return "close";
  }
  return "";
}

Trace::Trace(std::size_t limit) : limit_(limit) {
  assert(active_ == nullptr);
  active_ = this;
}

Trace::~Trace() {
  active_ = nullptr;
}

void Trace::add(std::uint64_t descriptor, std::uint32_t fetch,
                Operation operation, Caller caller, std::int64_t bytes,
                Phase phase) noexcept {
  if (records_.size() < limit_) {
    try {
      records_.push_back({Clock::now(), descriptor, bytes, caller.file,
                          caller.line, fetch, operation, phase});
      return;
    } catch (const std::bad_alloc&) {  // it may be a destructor that records
      limit_ = records_.size();
    }
  }
  ++dropped_;
}
