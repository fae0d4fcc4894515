// A history is what a Trace says about a run: what each fetch waited for, and
// when. The timeline and the trace file are drawn from it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/base/trace.h"
#include "common/net/url.h"

// What a fetch is busy with. The stages come in this order, none twice, and a
// fetch that fails doesn't reach them all.
enum class Stage : std::uint8_t {
  kLookup,     // from its begin on; a known or numeric host takes no time
  kConnect,    // from the first socket on, until the request is sent
  kWaiting,    // for the first byte of the response
  kReceiving,  // until the response is complete
};
inline constexpr std::size_t kStages = 4;

// "lookup", "connect", "waiting" or "receiving".
const char* stage_name(Stage stage);

// The stage that a fetch is in from this record on, unless it is further
// already; nothing where the record doesn't say.
std::optional<Stage> stage_begun_by(const Trace::Record& record);

struct FetchHistory {
  enum class Outcome : std::uint8_t { kComplete, kFailed, kUnfinished };

  const Url* url;
  Outcome outcome = Outcome::kUnfinished;

  // When each stage began and, last, when the fetch ended; never decreasing. A
  // stage that was not reached begins and ends with the end.
  std::array<Clock::time_point, kStages + 1> times = {};

  Clock::time_point begin() const { return times.front(); }
  Clock::time_point end() const { return times.back(); }
};

// What tells the fetches apart, of the first `most` of them: their paths, if
// all go to one origin. Escaped; a Url is ASCII, so each byte is a column.
std::vector<std::string> labels_of(const std::vector<FetchHistory>& fetches,
                                   std::size_t most = ~std::size_t{0});

struct RunHistory {
  Clock::time_point start;
  Clock::time_point end;
  std::vector<FetchHistory> fetches;  // the one with number n is at n - 1
  std::size_t dropped = 0;            // records for which there was no room
};

// The history of a run in which each of `urls`, which outlive it, is fetched
// `repeat` times, from its `records`, oldest first. What has not ended by `end`
// is unfinished and ends there.
RunHistory history_of(const std::vector<Trace::Record>& records,
                      const std::vector<Url>& urls, std::uint64_t repeat,
                      Clock::time_point start, Clock::time_point end);
