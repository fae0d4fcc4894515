// Jobs is the work of a run: which URL is next, and what came of each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/base/recycled.h"
#include "common/http/response.h"
#include "common/net/url.h"

// A Job is one URL to be fetched once. Whoever fetches it owns it, and gives it
// back to Jobs when the fetch has ended. If it is destroyed before, nothing is
// left of it, not even a file.
struct Job : Recycled {
  const std::uint64_t number;  // counted from 1
  const Url& url;
  const Clock::time_point started;
  const Deadline deadline;
  Response response;
  std::unique_ptr<const FetchError> failure = {};  // null unless it failed

  // "phase: cause", or "" unless the fetch failed.
  std::string error() const { return failure ? failure->what() : ""; }

  void failed(const FetchError& cause) {
    failure = std::make_unique<FetchError>(cause);
    response.abandon();
  }
};

class Jobs {
 public:
  struct Settings {
    std::uint64_t repeat = 1;  // how often each URL is fetched
    std::chrono::nanoseconds timeout = std::chrono::seconds(30);
    std::uint64_t max_size = 1 << 30;       // bytes of body
    const Descriptor* directory = nullptr;  // for the bodies, or null
  };

  // `urls` outlives this. `ended` is told of each job that has ended.
  Jobs(const std::vector<Url>& urls, const Settings& settings,
       std::function<void(const Job&)> ended);

  // The next job, whose time begins to run now; null when none is left, the run
  // has been interrupted, or there are too many workers. Throws no FetchError.
  std::unique_ptr<Job> next(Caller caller = Caller::here());

  // Takes back a job that has ended. One that failed for want of something that
  // others use is handed out again when one of them has ended; and the worker
  // that gives it back is one too many, and gets no other.
  void done(std::unique_ptr<Job> job, Caller caller = Caller::here());

  std::uint64_t total() const { return urls_.size() * settings_.repeat; }
  std::uint64_t ended() const { return ended_; }
  std::uint64_t failed() const { return failed_; }

  // The most that were handed out and not yet given back at one time.
  std::uint64_t peak_in_flight() const { return peak_in_flight_; }

 private:
  std::uint64_t in_flight() const { return begun_ - again_.size() - ended_; }

  const std::vector<Url>& urls_;
  const Settings settings_;
  const std::function<void(const Job&)> report_;
  std::deque<std::uint64_t> again_;  // jobs to be handed out again
  bool too_many_ = false;            // workers: the next one to ask
  std::uint64_t begun_ = 0;
  std::uint64_t ended_ = 0;
  std::uint64_t failed_ = 0;
  std::uint64_t peak_in_flight_ = 0;
};

// What each step defines in its fetch.cpp: fetches all jobs, at most
// `concurrency` at a time, and gives each back as it ends. Returns early once
// the run has been interrupted (or throws Interrupted). Any other exception has
// ended the run.
void fetch_all(Jobs& jobs, std::size_t concurrency);
