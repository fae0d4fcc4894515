// What the fuzz targets share. Each defines LLVMFuzzerTestOneInput, which
// libFuzzer calls with inputs that it makes up, and replay.cpp with those that
// are kept in corpus/.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "common/base/escape.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size);

// Ends the process, and says why, unless `good`: what libFuzzer takes for a
// find, in any build.
inline void require(bool good, const char* what, std::string_view of = "") {
  if (!good) {
    std::fprintf(stderr, "not so: %s\n%s\n", what, escape(of).c_str());
    std::abort();
  }
}

// An input, taken apart from the front.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size)
      : rest_(reinterpret_cast<const char*>(data), size) {}

  // The next byte, 0 when there is none left.
  std::uint8_t byte() {
    if (rest_.empty()) {
      return 0;
    }
    const auto first = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return first;
  }

  // What stands before the next `end`, or all of it.
  std::string_view until(char end) {
    const std::string_view taken = rest_.substr(0, rest_.find(end));
    rest_.remove_prefix(taken.size() + (taken.size() < rest_.size() ? 1 : 0));
    return taken;
  }

  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};
