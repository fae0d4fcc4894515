#include "common/trace_file.h"

#include <cerrno>
#include <cstdio>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "common/escape.h"
#include "common/fetch_error.h"
#include "common/output.h"

namespace {

// `file` as it is called in this project, "step4_coroutines/fetch.cpp", if it
// is one of a step; else "".
std::string_view lesson_file(std::string_view file) {
  const std::size_t name = file.rfind('/');
  if (name == file.npos || name == 0) {
    return "";
  }
  const std::size_t folder = file.rfind('/', name - 1);
  file.remove_prefix(folder == file.npos ? 0 : folder + 1);
  return file.starts_with("step") ? file : "";
}

// The "args" of an event.
class Arguments {
 public:
  Arguments& add(const char* key, std::string_view text) {
    return add_json(key, json_string(text));
  }
  Arguments& add(const char* key, std::int64_t number) {
    return add_json(key, std::to_string(number));
  }
  Arguments& add_lesson(const Trace::Record& record) {
    const std::string_view file = lesson_file(record.file);
    return file.empty() ? *this : add("file", file).add("line", record.line);
  }

  std::string json() const { return "{" + members_ + "}"; }

 private:
  Arguments& add_json(const char* key, const std::string& value) {
    members_ += members_.empty() ? "" : ",";
    members_ += "\"" + std::string(key) + "\":" + value;
    return *this;
  }

  std::string members_;
};

std::string microseconds(Clock::duration time) {
  const auto nanoseconds =
      std::chrono::duration_cast<std::chrono::nanoseconds>(time).count();
  char text[32];
  std::snprintf(text, sizeof text, "%lld.%03d",
                static_cast<long long>(nanoseconds / 1000),
                static_cast<int>(nanoseconds % 1000));
  return text;
}

// Writes one event after the other.
class Events {
 public:
  Events(std::ostream& out, Clock::time_point start)
      : out_(out), start_(start) {}

  // An event of `phase`, as the format calls it. `more` is its other members.
  void add(const char* phase, std::string_view name, Clock::time_point time,
           const std::string& more, const Arguments& arguments) {
    out_ << (first_ ? "\n" : ",\n") << "{\"ph\":\"" << phase
         << "\",\"name\":" << json_string(name)
         << ",\"pid\":1,\"tid\":1,\"ts\":" << microseconds(time - start_)
         << more << ",\"args\":" << arguments.json() << "}";
    first_ = false;
  }

  // Of a fetch, which overlaps with others: b (begin), n (instant) or e (end).
  void add_async(const char* phase, std::uint32_t fetch, std::string_view name,
                 Clock::time_point time, const Arguments& arguments) {
    add(phase, name, time,
        ",\"cat\":\"fetch\",\"id\":\"" + std::to_string(fetch) + "\"",
        arguments);
  }

 private:
  std::ostream& out_;
  const Clock::time_point start_;
  bool first_ = true;
};

// What the thread does: slices that never overlap, as there is one thread.
class Slices {
 public:
  explicit Slices(Events& events) : events_(events) {}

  void begin(std::string name, Clock::time_point time, Arguments arguments) {
    end(time);
    slice_ = {std::move(name), time, std::move(arguments)};
  }

  void end(Clock::time_point time) {
    if (slice_) {
      events_.add("X", slice_->name, slice_->begin,
                  ",\"dur\":" + microseconds(time - slice_->begin),
                  slice_->arguments);
      slice_.reset();
    }
  }

 private:
  struct Slice {
    std::string name;
    Clock::time_point begin;
    Arguments arguments;
  };

  Events& events_;
  std::optional<Slice> slice_;
};

// What each fetch is busy with: stages that are nested in it.
class Fetches {
 public:
  Fetches(Events& events, const std::vector<FetchHistory>& fetches)
      : events_(events), fetches_(fetches), stages_(fetches.size()) {}

  void add(const Trace::Record& record) {
    if (record.operation == Operation::kBegin) {
      events_.add_async("b", record.fetch, name(record.fetch), record.time,
                        Arguments().add_lesson(record));
      begin_stage(Stage::kLookup, record);
    } else if (!is_in_progress(record.fetch)) {
      return;
    }
    const std::optional<Stage> next = stage_begun_by(record);
    if (next && *next > *stages_[record.fetch - 1]) {
      end_stage(record.fetch, record.time);
      begin_stage(*next, record);
    }
    if (record.operation == Operation::kEnd ||
        record.operation == Operation::kFail) {
      end(record.fetch, record.time, Arguments().add_lesson(record));
    }
  }

  bool is_in_progress(std::uint32_t fetch) const {
    return fetch != 0 && stages_[fetch - 1].has_value();
  }

  void end(std::uint32_t fetch, Clock::time_point time, Arguments arguments) {
    constexpr const char* kOutcomes[] = {"complete", "failed", "not finished"};
    const auto outcome = static_cast<std::size_t>(fetches_[fetch - 1].outcome);
    end_stage(fetch, time);
    events_.add_async("e", fetch, name(fetch), time,
                      arguments.add("outcome", kOutcomes[outcome]));
  }

 private:
  void begin_stage(Stage stage, const Trace::Record& record) {
    stages_[record.fetch - 1] = stage;
    events_.add_async("b", record.fetch, stage_name(stage), record.time,
                      Arguments().add_lesson(record));
  }

  void end_stage(std::uint32_t fetch, Clock::time_point time) {
    std::optional<Stage>& stage = stages_[fetch - 1];
    if (stage) {
      events_.add_async("e", fetch, stage_name(*stage), time, Arguments());
      stage.reset();
    }
  }

  const std::string& name(std::uint32_t fetch) const {
    return fetches_[fetch - 1].url->text();
  }

  Events& events_;
  const std::vector<FetchHistory>& fetches_;
  std::vector<std::optional<Stage>> stages_;  // empty: not in progress
};

// Goes through the records and tells the two above.
class Writer {
 public:
  Writer(std::ostream& out, const RunHistory& run)
      : events_(out, run.start),
        slices_(events_),
        fetches_(events_, run.fetches) {}

  void begin(const std::string& process, Clock::time_point start) {
    events_.add("M", "process_name", start, "",
                Arguments().add("name", process));
    events_.add("M", "thread_name", start, "",
                Arguments().add("name", "the one thread that fetches"));
    slices_.begin("start", start, Arguments());
  }

  void add(const Trace::Record& record) {
    switch (record.operation) {
      case Operation::kSleep:
        return slices_.end(record.time);
      case Operation::kWake:
      case Operation::kTimeOut:
        return wake(record);
      case Operation::kBegin:
      case Operation::kEnd:
      case Operation::kFail:
        return fetches_.add(record);
      case Operation::kWaitReadable:
      case Operation::kWaitWritable:
        waits_[record.descriptor] = &record;
        break;
      case Operation::kClose:
        waits_.erase(record.descriptor);
        break;
      default:
        break;
    }
    fetches_.add(record);
    operation(record);
  }

  void end(const RunHistory& run, Clock::time_point time) {
    for (std::uint32_t fetch = 1; fetch <= run.fetches.size(); ++fetch) {
      if (fetches_.is_in_progress(fetch)) {
        fetches_.end(fetch, time, Arguments());
      }
    }
    slices_.end(time);
    if (run.dropped > 0) {
      events_.add("i", "the record is full", time, ",\"s\":\"g\"",
                  Arguments().add("events_left_out",
                                  static_cast<std::int64_t>(run.dropped)));
    }
  }

 private:
  // A wake says which wait it ends, and so which line of the lesson goes on.
  void wake(const Trace::Record& record) {
    Arguments arguments;
    arguments.add("woken_by", operation_name(record.operation));
    if (const auto wait = waits_.find(record.descriptor);
        wait != waits_.end()) {
      arguments.add("after", operation_name(wait->second->operation))
          .add_lesson(*wait->second);
    }
    slices_.begin(
        record.fetch == 0 ? "Ctrl-C" : "fetch " + std::to_string(record.fetch),
        record.time, std::move(arguments));
  }

  void operation(const Trace::Record& record) {
    Arguments arguments;
    if (record.operation == Operation::kSend ||
        record.operation == Operation::kRecv) {
      arguments.add("bytes", record.bytes);
    }
    arguments.add_lesson(record);
    const char* const name = operation_name(record.operation);
    if (fetches_.is_in_progress(record.fetch)) {
      events_.add_async("n", record.fetch, name, record.time, arguments);
    } else {  // the loop's own wait, for Ctrl-C
      events_.add("i", name, record.time, ",\"s\":\"t\"", arguments);
    }
  }

  Events events_;
  Slices slices_;
  Fetches fetches_;
  // By descriptor, the last wait for it.
  std::unordered_map<std::uint64_t, const Trace::Record*> waits_;
};

}  // namespace

void write_trace(std::ostream& out, const std::string& process,
                 const std::vector<Trace::Record>& records,
                 const RunHistory& run) {
  out << "{\"displayTimeUnit\":\"ms\",\n\"otherData\":{\"events_left_out\":\""
      << run.dropped << "\"},\n\"traceEvents\":[";
  Writer writer(out, run);
  writer.begin(process, run.start);
  for (const Trace::Record& record : records) {
    writer.add(record);
  }
  // What came after a full record isn't known, not even whether it ended.
  writer.end(
      run, run.dropped > 0 && !records.empty() ? records.back().time : run.end);
  out << "\n]}\n";
}

TraceFile::TraceFile(const std::string& name)
    : name_(name), file_(name, std::ios::binary) {
  if (!file_) {
    fail();
  }
}

void TraceFile::write(const std::string& process,
                      const std::vector<Trace::Record>& records,
                      const RunHistory& run) {
  write_trace(file_, process, records, run);
  file_.close();
  if (!file_) {
    fail();
  }
}

void TraceFile::fail() const {
  throw OutputError("cannot write the trace file '" + escape(name_) +
                    "': " + error_text(errno));
}
