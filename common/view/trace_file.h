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
// from a wake on to the next wake or sleep is a complete event (X). Its
// arguments "file" and "line" say which line of a step asked for it.
void write_trace(std::ostream& out, const std::string& process,
                 const std::vector<Trace::Record>& records,
                 const RunHistory& run);

// A trace file that is opened before anything is fetched, so that a name that
// can't be written to is known at once.
class TraceFile {
 public:
  // Throws OutputError.
  explicit TraceFile(const std::string& name);

  // Writes the file, as write_trace does. Throws OutputError; part of the file
  // may have been written then.
  void write(const std::string& process,
             const std::vector<Trace::Record>& records, const RunHistory& run);

 private:
  [[noreturn]] void fail() const;

  const std::string name_;
  std::ofstream file_;
};
