// A trace file shows a run in Perfetto (https://ui.perfetto.dev) or
// chrome://tracing.
#pragma once

#include <fstream>
#include <ostream>
#include <string>
#include <vector>

#include "common/base/trace.h"
#include "common/view/history.h"

// Writes `records` and `run`, their history, as one JSON object in the "Trace
// Event Format" of Chromium. `process` is the name to show. Each fetch and each
// of its stages is an async event, since fetches overlap; what the thread does
// from a wake on to the next wake or sleep is a complete event (X). What a line
// of a step has asked for says which: "file" and "line".
void write_trace(std::ostream& out, const std::string& process,
                 const std::vector<Trace::Record>& records,
                 const RunHistory& run);

// The file, open and empty from the beginning, so that it fails before anything
// is fetched if it can't be written at all.
class TraceFile {
 public:
  // Throws OutputError.
  explicit TraceFile(const std::string& name);

  // The same as above. Throws OutputError, and then a part may be there.
  void write(const std::string& process,
             const std::vector<Trace::Record>& records, const RunHistory& run);

 private:
  [[noreturn]] void fail() const;

  const std::string name_;
  std::ofstream file_;
};
