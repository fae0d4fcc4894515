#include "common/view/trace_file.h"

#include <cerrno>
#include <optional>
#include <unordered_map>

#include "common/base/escape.h"
#include "common/base/fetch_error.h"
#include "common/view/output.h"
#include "common/view/trace_events.h"

namespace {

// What the thread does while it doesn't sleep.
class Slices {
 public:
  explicit Slices(TraceEvents& events) : events_(events) {}

  void begin(std::string name, Clock::time_point time,
             EventArguments arguments) {
    slice_ = {std::move(name), time, std::move(arguments)};
  }

  void end(Clock::time_point time) {
    if (slice_) {
      events_.add_slice(slice_->name, slice_->begin, time, slice_->arguments);
      slice_.reset();
    }
  }

 private:
  struct Slice {
    std::string name;
    Clock::time_point begin;
    EventArguments arguments;
  };

  TraceEvents& events_;
  std::optional<Slice> slice_;
};

// What each fetch is busy with: its stages, within it.
class Fetches {
 public:
  Fetches(TraceEvents& events, const std::vector<FetchHistory>& fetches)
      : events_(events), fetches_(fetches), stages_(fetches.size()) {}

  // A record may name a fetch whose beginning is not recorded.
  bool is_in_progress(std::uint32_t fetch) const {
    return fetch != 0 && fetch <= stages_.size() &&
           stages_[fetch - 1].has_value();
  }

  void begin(const Trace::Record& record) {
    events_.add_async('b', record.fetch, name(record.fetch), record.time,
                      EventArguments().add_lesson(record));
    begin_stage(Stage::kLookup, record);
  }

  // Begins the next stage, if `record` does that to a fetch in progress.
  void go_on(const Trace::Record& record) {
    const std::optional<Stage> next = stage_begun_by(record);
    if (next && *next > *stages_[record.fetch - 1]) {
      end_stage(record.fetch, record.time);
      begin_stage(*next, record);
    }
  }

  void end(std::uint32_t fetch, Clock::time_point time) {
    constexpr const char* kOutcomes[] = {"complete", "failed", "not finished"};
    const auto outcome = static_cast<std::size_t>(fetches_[fetch - 1].outcome);
    end_stage(fetch, time);
    stages_[fetch - 1].reset();
    events_.add_async('e', fetch, name(fetch), time,
                      EventArguments().add("outcome", kOutcomes[outcome]));
  }

 private:
  void begin_stage(Stage stage, const Trace::Record& record) {
    stages_[record.fetch - 1] = stage;
    events_.add_async('b', record.fetch, stage_name(stage), record.time,
                      EventArguments().add_lesson(record));
  }

  void end_stage(std::uint32_t fetch, Clock::time_point time) {
    events_.add_async('e', fetch, stage_name(*stages_[fetch - 1]), time,
                      EventArguments());
  }

  const std::string& name(std::uint32_t fetch) const {
    return fetches_[fetch - 1].url->text();
  }

  TraceEvents& events_;
  const std::vector<FetchHistory>& fetches_;
  std::vector<std::optional<Stage>> stages_;  // empty: not in progress
};

// Goes through the records once and tells the two above.
class Writer {
 public:
  Writer(std::ostream& out, const std::string& process, const RunHistory& run)
      : events_(out, run.start),
        slices_(events_),
        fetches_(events_, run.fetches),
        last_(run.start) {
    events_.add_name("process_name", process);
    events_.add_name("thread_name", "the thread that fetches");
    slices_.begin("start", run.start, EventArguments());
  }

  void add(const Trace::Record& record) {
    switch (record.operation) {
      case Operation::kSleep:
        slices_.end(record.time);
        break;
      case Operation::kWake:
      case Operation::kTimeOut:
        slices_.end(last_);  // it didn't sleep: the next waiter was ready too
        wake(record);
        break;
      case Operation::kBegin:
        fetches_.begin(record);
        break;
      default:
        operation(record);
        break;
    }
    last_ = record.time;
  }

  // Ends what has not ended.
  void end(const RunHistory& run) {
    // What came after the record was full isn't known.
    const Clock::time_point end = run.dropped > 0 ? last_ : run.end;
    for (std::uint32_t fetch = 1; fetch <= run.fetches.size(); ++fetch) {
      if (fetches_.is_in_progress(fetch)) {
        fetches_.end(fetch, end);
      }
    }
    slices_.end(end);
  }

 private:
  // The wait that has ended says which line of the lesson goes on.
  void wake(const Trace::Record& record) {
    std::string name =
        record.fetch == 0 ? "Ctrl-C" : "fetch " + std::to_string(record.fetch);
    if (record.operation == Operation::kTimeOut) {
      name += ": time out";
    }
    EventArguments arguments;
    const auto wait = waits_.find(record.descriptor);
    if (wait != waits_.end()) {
      arguments.add("after", operation_name(wait->second->operation))
          .add_lesson(*wait->second);
    }
    slices_.begin(std::move(name), record.time, std::move(arguments));
  }

  void operation(const Trace::Record& record) {
    if (record.operation == Operation::kWaitReadable ||
        record.operation == Operation::kWaitWritable) {
      waits_[record.descriptor] = &record;
    } else if (record.operation == Operation::kClose) {
      waits_.erase(record.descriptor);
    }
    EventArguments arguments;
    if (record.operation == Operation::kSend ||
        record.operation == Operation::kRecv) {
      arguments.add("bytes", record.bytes);
    }
    arguments.add_lesson(record);
    const char* const name = operation_name(record.operation);
    if (!fetches_.is_in_progress(record.fetch)) {
      events_.add_moment(name, record.time, arguments);
      return;
    }
    fetches_.go_on(record);
    events_.add_async('n', record.fetch, name, record.time, arguments);
    if (record.operation == Operation::kEnd ||
        record.operation == Operation::kFail) {
      fetches_.end(record.fetch, record.time);
    }
  }

  TraceEvents events_;
  Slices slices_;
  Fetches fetches_;
  Clock::time_point last_;  // of a record
  // By descriptor, the last wait for it.
  std::unordered_map<std::uint64_t, const Trace::Record*> waits_;
};

}  // namespace

void write_trace(std::ostream& out, const std::string& process,
                 const std::vector<Trace::Record>& records,
                 const RunHistory& run) {
  out << "{\"displayTimeUnit\":\"ms\",\n\"otherData\":{\"dropped\":\""
      << run.dropped << "\"},\n\"traceEvents\":[";
  Writer writer(out, process, run);
  for (const Trace::Record& record : records) {
    writer.add(record);
  }
  writer.end(run);
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
