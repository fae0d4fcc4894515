// A Recording is what a run keeps of itself to be looked at afterwards: for the
// timeline, for a story, for a trace file, or nothing at all.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "common/base/trace.h"
#include "common/program/options.h"
#include "common/view/trace_file.h"

class Recording {
 public:
  // At 48 bytes each, 12 MiB at most. A small fetch takes a dozen of them, one
  // of the demo's about 100.
  static constexpr std::size_t kMaxRecords = 1 << 18;

  // Reads off `options`, which outlive it, what is asked for, and opens the
  // trace file. Throws OutputError.
  explicit Recording(const Options& options);

  // Between these two calls this thread records what it does, if anything is
  // asked for.
  void start();
  void end();

  // The drawing, or the story, for standard output; "" if none is asked for.
  std::string text() const;

  // Writes the trace file, if one is asked for, in the name of `process`.
  // Throws OutputError.
  void write_trace_file(const std::string& process);

  // How many records were left out because the limit was reached.
  std::size_t dropped() const { return run_.dropped; }

 private:
  const Options& options_;
  const bool wants_timeline_;
  std::optional<TraceFile> file_;
  std::optional<Trace> trace_;
  std::vector<Trace::Record> records_;
  RunHistory run_;
};
