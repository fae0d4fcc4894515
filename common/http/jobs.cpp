#include "common/http/jobs.h"

#include <algorithm>
#include <utility>

#include "common/net/interrupt.h"

Jobs::Jobs(const std::vector<Url>& urls, const Settings& settings,
           std::function<void(const Job&)> ended)
    : urls_(urls), settings_(settings), report_(std::move(ended)) {}

std::unique_ptr<Job> Jobs::next(Caller caller) {
  const bool anew = again_.empty();
  if (std::exchange(too_many_, false) || (anew && begun_ == total()) ||
      interrupted_by() != 0) {
    return nullptr;
  }
  const std::uint64_t number = anew ? begun_ + 1 : again_.front();
  const Url& url =
      urls_[static_cast<std::size_t>((number - 1) / settings_.repeat)];
  std::unique_ptr<BodyFile> file;
  if (settings_.directory != nullptr) {
    file = std::make_unique<BodyFile>(*settings_.directory,
                                      body_file_name(number, url));
  }
  Trace::current_fetch = static_cast<std::uint32_t>(number);
  if (anew) {
    ++begun_;
    Trace::record(0, Trace::current_fetch, Operation::kBegin, caller);
  } else {
    again_.pop_front();
  }
  const Clock::time_point now = Clock::now();
  peak_in_flight_ = std::max(peak_in_flight_, in_flight());
  return std::unique_ptr<Job>(
      new Job{{},
              number,
              url,
              now,
              now + settings_.timeout,
              Response(settings_.max_size, std::move(file))});
}

void Jobs::done(std::unique_ptr<Job> job, Caller caller) {
  if (job->failure != nullptr && job->failure->is_shortage() &&
      in_flight() > 1) {
    again_.push_back(job->number);
    too_many_ = true;
    return;
  }
  const bool failed = job->failure != nullptr;
  Trace::record(0, static_cast<std::uint32_t>(job->number),
                failed ? Operation::kFail : Operation::kEnd, caller);
  ++ended_;
  failed_ += failed ? 1 : 0;
  report_(*job);
}
