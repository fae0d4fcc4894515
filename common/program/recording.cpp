#include "common/program/recording.h"

#include <unistd.h>

#include "common/base/escape.h"
#include "common/view/story.h"
#include "common/view/terminal.h"
#include "common/view/timeline.h"

namespace {

bool wants_timeline(const Options& options) {
  if (options.timeline) {
    return *options.timeline;
  }
  const std::uint64_t total = options.urls.size() * options.settings.repeat;
  return !options.json && !options.quiet && !options.story &&
         (options.demo || (output_is_terminal() && total <= kTimelineUnasked));
}

}  // namespace

Recording::Recording(const Options& options)
    : options_(options), wants_timeline_(wants_timeline(options)) {
  if (!options.trace_file.empty()) {
    file_.emplace(options.trace_file);
  }
}

void Recording::start() {
  run_.start = Clock::now();
  if (wants_timeline_ || options_.story || file_) {
    trace_.emplace(kMaxRecords);
  }
}

void Recording::end() {
  run_.end = Clock::now();
  if (trace_) {
    records_ = trace_->records();
    run_ = history_of(records_, options_.urls, options_.settings.repeat,
                      run_.start, run_.end);
    run_.dropped = trace_->dropped();
    trace_.reset();
  }
}

std::string Recording::text() const {
  if (options_.story) {
    return story_of(records_, run_, !options_.untimed) +
           (options_.untimed ? ""
                             : "(Who has called whom stands below each wake in "
                               "what `cmake --build build --target\nreplay` "
                               "writes of the demo in steps 2 to 4: "
                               "build/step4_coroutines.story.)\n");
  }
  if (!wants_timeline_) {
    return "";
  }
  return timeline(run_, {.columns = columns_of(STDOUT_FILENO),
                         .unicode = output_is_terminal() && locale_is_utf8()});
}

void Recording::write_trace_file(const std::string& process) {
  if (file_) {
    file_->write(process, records_, run_);
  }
}
