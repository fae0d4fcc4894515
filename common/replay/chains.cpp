// Who is kept after each event of a recorded run, and at which line.
#include <algorithm>
#include <iterator>
#include <string_view>

#include "common/replay/recorded_run.h"

namespace {

// The functions that wait and are resumed: not the loop and what it calls.
bool is_fetching(const Place& place) {
  return place.file == "fetch.cpp" && place.function != "fetch_all";
}

// "Fetch::readable", of "guarded(&Fetch::readable)" in step 2.
std::string callback_named(const std::vector<std::string>& lines,
                           std::size_t line) {
  constexpr std::string_view kMark = "guarded(&";
  for (std::size_t i = line - 1; i < std::min(lines.size(), line + 1); ++i) {
    const std::size_t begin = lines[i].find(kMark);
    if (begin != std::string::npos) {
      const std::size_t name = begin + kMark.size();
      return lines[i].substr(name, lines[i].find(')', name) - name);
    }
  }
  return "";
}

}  // namespace

void follow_chains(RecordedRun& run) {
  std::map<std::uint32_t, std::vector<Place>> chains;
  std::map<std::uint32_t, std::string> waits;
  for (ReplayEvent& event : run.events) {
    std::vector<Place> running;
    std::copy_if(event.stack.begin(), event.stack.end(),
                 std::back_inserter(running), is_fetching);
    if (run.step.starts_with("step2")) {  // there objects are kept
      chains[event.fetch] = {{"Worker", "fetch.cpp", 0},
                             {"Fetch", "fetch.cpp", 0}};
    } else if (event.fetch != 0 && !running.empty()) {
      std::vector<Place>& chain = chains[event.fetch];
      chain = chain_after(std::move(chain), running);
    }
    if (event.operation == Operation::kWaitReadable ||
        event.operation == Operation::kWaitWritable) {
      waits[event.fetch] =
          event.operation == Operation::kWaitReadable ? "readable" : "writable";
      const std::string callback =
          callback_named(run.sources["fetch.cpp"], event.at.line);
      if (!callback.empty()) {
        chains[event.fetch].push_back({callback, "fetch.cpp", event.at.line});
      }
    } else {
      waits.erase(event.fetch);
    }
    if (event.operation == Operation::kEnd ||
        event.operation == Operation::kFail) {
      chains.erase(event.fetch);
    }
    chains.erase(0);
    event.chains = chains;
    event.waits = waits;
  }
}

std::vector<Place> chain_after(std::vector<Place> chain,
                               const std::vector<Place>& stack) {
  const auto same =
      std::find_if(chain.begin(), chain.end(), [&stack](const Place& place) {
        return !stack.empty() && place.function == stack.front().function;
      });
  chain.erase(same, chain.end());
  chain.insert(chain.end(), stack.begin(), stack.end());
  return chain;
}
