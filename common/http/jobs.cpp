#include "common/http/jobs.h"

#include <algorithm>

#include "common/net/interrupt.h"

Jobs::Jobs(const std::vector<Url>& urls, const Settings& settings,
           std::function<void(const Job&)> ended)
    : urls_(urls), settings_(settings), report_(std::move(ended)) {}

std::unique_ptr<Job> Jobs::next(Caller caller) {
  if (begun_ == total() || interrupted_by() != 0) {
    return nullptr;
  }
  const Url& url = urls_[begun_ / settings_.repeat];
  ++begun_;
  Trace::current_fetch = static_cast<std::uint32_t>(begun_);
  std::unique_ptr<BodyFile> file;
  if (settings_.directory != nullptr) {
    file = std::make_unique<BodyFile>(*settings_.directory,
                                      body_file_name(begun_, url));
  }
  Trace::record(0, Trace::current_fetch, Operation::kBegin, caller);
  const Clock::time_point now = Clock::now();
  peak_in_flight_ = std::max(peak_in_flight_, begun_ - ended_);
  return std::unique_ptr<Job>(
      new Job{{},
              begun_,
              url,
              now,
              now + settings_.timeout,
              Response(settings_.max_size, std::move(file))});
}

void Jobs::done(std::unique_ptr<Job> job, Caller caller) {
  const bool failed = !job->error.empty();
  Trace::record(0, static_cast<std::uint32_t>(job->number),
                failed ? Operation::kFail : Operation::kEnd, caller);
  ++ended_;
  failed_ += failed ? 1 : 0;
  report_(*job);
}
