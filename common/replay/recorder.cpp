// Linked into the recorded programs, with Trace::add wrapped: notes for each
// record of a run who has called whom, as backtrace(3) finds it. When the
// program ends, it writes a line for each to the file $RECORDED:
//
//   nanoseconds operation fetch bytes line address address ...
//
// The line is that of the lesson, 0 if none asked for it. The addresses are
// those of the calls, the innermost first.
#include <execinfo.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <vector>

#include "common/base/trace.h"

namespace {

struct Recorded {
  Clock::time_point time;
  Operation operation;
  std::uint32_t fetch;
  std::int64_t bytes;
  std::uint32_t line;
  int depth;
  std::array<void*, 48> stack;
};

class Recorder {
 public:
  Recorder() { records_.reserve(10'000); }

  ~Recorder() {
    const char* const name = std::getenv("RECORDED");
    if (name == nullptr) {
      return;
    }
    std::ofstream out(name);
    for (const Recorded& record : records_) {
      const std::chrono::nanoseconds time = record.time - records_.front().time;
      out << time.count() << ' ' << static_cast<int>(record.operation) << ' '
          << record.fetch << ' ' << record.bytes << ' ' << record.line;
      // The first is add() below; the others return to just after a call.
      for (std::size_t i = 1; i < static_cast<std::size_t>(record.depth); ++i) {
        out << ' ' << reinterpret_cast<std::uintptr_t>(record.stack[i]) - 1;
      }
      out << '\n';
    }
  }

  void add(Recorded record) {
    record.time = Clock::now();
    record.depth =
        backtrace(record.stack.data(), static_cast<int>(record.stack.size()));
    records_.push_back(record);
  }

 private:
  std::vector<Recorded> records_;
};

Recorder recorder;

}  // namespace

// Trace::add(descriptor, fetch, operation, caller, bytes, phase)
extern "C" void REAL_ADD(void*, std::uint64_t, std::uint32_t, Operation, Caller,
                         std::int64_t, Phase);
extern "C" void WRAPPED_ADD(void* trace, std::uint64_t descriptor,
                            std::uint32_t fetch, Operation operation,
                            Caller caller, std::int64_t bytes, Phase phase) {
  recorder.add({{}, operation, fetch, bytes, caller.line, 0, {}});
  REAL_ADD(trace, descriptor, fetch, operation, caller, bytes, phase);
}
