// Trace events are the lines of a trace file, in the "Trace Event Format" that
// Perfetto and chrome://tracing read.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>

#include "common/base/trace.h"

// The last two parts of the path `file`, if that is a folder of a step and a
// file in it; else "".
std::string_view lesson_file(std::string_view file);

// What is shown of an event when it is clicked.
class EventArguments {
 public:
  EventArguments& add(const char* key, std::string_view text);
  EventArguments& add(const char* key, std::int64_t number);

  // "file" and "line" of what asked for the record, if that is a step's:
  // "step4_coroutines/fetch.cpp".
  EventArguments& add_lesson(const Trace::Record& record);

  // As the members of a JSON object.
  const std::string& members() const { return members_; }

 private:
  EventArguments& add_json(const char* key, const std::string& value);

  std::string members_;
};

// Writes the events of one process with one thread as the elements of a JSON
// array. They may come in any order, but those of the same moment are shown in
// the order in which they were written.
class TraceEvents {
 public:
  // `out` outlives this. Times are counted from `start`.
  TraceEvents(std::ostream& out, Clock::time_point start)
      : out_(out), start_(start) {}

  // What the process or the thread is called: `what` is "process_name" or
  // "thread_name" (M).
  void add_name(const char* what, std::string_view name);

  // A slice of what the thread does (X): two of them must not overlap.
  void add_slice(std::string_view name, Clock::time_point begin,
                 Clock::time_point end, const EventArguments& arguments);

  // A moment of what the thread does (i).
  void add_moment(std::string_view name, Clock::time_point time,
                  const EventArguments& arguments);

  // Something of a fetch begins, happens or ends (b, n, e). Fetches may
  // overlap; within one, what begins later ends earlier.
  void add_async(char phase, std::uint32_t fetch, std::string_view name,
                 Clock::time_point time, const EventArguments& arguments);

 private:
  void add(char phase, std::string_view name, Clock::time_point time,
           const std::string& members, const EventArguments& arguments);

  std::ostream& out_;
  const Clock::time_point start_;
  bool is_first_ = true;
  std::string event_;  // the one being written; kept for its memory
};
