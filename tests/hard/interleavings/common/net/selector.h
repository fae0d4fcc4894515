// A selector whose events a test chooses. It takes the place of the real one
// where a step is compiled with this folder first in its include path.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <vector>

#include "common/net/selector_base.h"

class ScriptedSelector {
 public:
  using Event = SelectorBase::Event;
  struct Wait {
    std::uint64_t descriptor;  // its serial number
    std::uint32_t fetch;
    void* token;
  };
  struct Choice {
    std::size_t wait;
    bool timed_out;
  };

  // Says which of the waits ends next, and whether its deadline passes. The
  // first is the loop's own, for Ctrl-C.
  static inline std::function<Choice(const std::vector<Wait>&)> choose;

  void arm(const Descriptor& descriptor, Interest, Deadline, void* token) {
    waits_.push_back({descriptor.serial(), descriptor.fetch(), token});
  }

  void disarm(const Descriptor& descriptor) {
    std::erase_if(waits_, [&descriptor](const Wait& wait) {
      return wait.descriptor == descriptor.serial();
    });
  }

  Event next() {
    const Choice choice = choose(waits_);
    const auto chosen =
        waits_.begin() + static_cast<std::ptrdiff_t>(choice.wait);
    const Event event = {chosen->token, choice.timed_out};
    Trace::current_fetch = chosen->fetch;
    waits_.erase(chosen);
    return event;
  }

  std::size_t armed() const { return waits_.size(); }

 private:
  std::vector<Wait> waits_;
};

using Selector = ScriptedSelector;
