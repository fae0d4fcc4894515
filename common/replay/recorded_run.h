// A RecordedRun is what one of the four programs did, event by event, and who
// had called whom and who was kept aside then.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/base/trace.h"
#include "common/replay/source_map.h"

// A function of the lesson, on the stack or kept, and the line it is at.
struct Place {
  std::string function;
  std::string file;
  std::size_t line;
  bool operator==(const Place&) const = default;
};

struct ReplayEvent {
  std::int64_t nanoseconds;  // since the first event
  Operation operation;
  std::uint32_t fetch;  // 0: of the thread
  std::int64_t bytes;
  Place at;                  // the line that asked for it, if there is one
  std::vector<Place> stack;  // of the thread, the outermost first
  // For each fetch its chain of functions, the outermost first: those that are
  // on the stack, and those that are kept while they aren't.
  std::map<std::uint32_t, std::vector<Place>> chains;
  std::map<std::uint32_t, std::string> waits;  // "readable", "writable"
};

struct RecordedRun {
  std::string step;  // "step4_coroutines"
  // The lesson's files, and their functions.
  std::map<std::string, std::vector<std::string>> sources;
  std::map<std::string, std::vector<SourceFunction>> functions;
  std::vector<ReplayEvent> events;
  std::vector<std::string> story;  // what --story tells of this very run
};

// Runs the program recorded_STEP in the folder `programs` on the URLs, and
// reads what it recorded; the sources are below `source_folder`. Throws
// std::runtime_error, which names a tool that is missing.
RecordedRun record_run(const std::string& step, const std::string& programs,
                       const std::string& source_folder,
                       const std::vector<std::string>& urls);

// What is left of `chain` when `stack` runs: cut where the stack's first
// function stands, then what is on the stack.
std::vector<Place> chain_after(std::vector<Place> chain,
                               const std::vector<Place>& stack);

// Goes through the events in their order and says of each who is kept, and what
// each fetch waits for.
void follow_chains(RecordedRun& run);
