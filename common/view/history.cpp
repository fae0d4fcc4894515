#include "common/view/history.h"

#include <algorithm>
#include <string_view>

#include "common/base/escape.h"

const char* stage_name(Stage stage) {
  switch (stage) {
    case Stage::kLookup:
      return "lookup";
    case Stage::kConnect:
      return "connect";
    case Stage::kWaiting:
      return "waiting";
    case Stage::kReceiving:
      return "receiving";
  }
  return "";
}

std::optional<Stage> stage_begun_by(const Trace::Record& record) {
  switch (record.operation) {
    case Operation::kBegin:
      return Stage::kLookup;
    case Operation::kOpen:
      if (record.phase == Phase::kConnect) {  // a socket
        return Stage::kConnect;
      }
      return std::nullopt;
    case Operation::kSend:
      if (record.bytes > 0) {
        return Stage::kWaiting;
      }
      return std::nullopt;
    case Operation::kRecv:
      if (record.bytes > 0) {
        return Stage::kReceiving;
      }
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

std::vector<std::string> labels_of(const std::vector<FetchHistory>& fetches,
                                   std::size_t most) {
  const bool same = std::all_of(
      fetches.begin(), fetches.end(), [&fetches](const FetchHistory& fetch) {
        return fetch.url->origin() == fetches.front().url->origin();
      });
  std::vector<std::string> labels;
  for (std::size_t i = 0; i < std::min(most, fetches.size()); ++i) {
    constexpr std::string_view kScheme = "http://";
    std::string_view text = fetches[i].url->text();
    text.remove_prefix(kScheme.size());
    if (same) {
      text.remove_prefix(std::min(text.find_first_of("/?#"), text.size()));
    }
    labels.push_back(text.empty() ? "/" : escape(text));
  }
  return labels;
}

RunHistory history_of(const std::vector<Trace::Record>& records,
                      const std::vector<Url>& urls, std::uint64_t repeat,
                      Clock::time_point start, Clock::time_point end) {
  RunHistory run = {start, end, {}};
  for (const Trace::Record& record : records) {
    if (record.operation == Operation::kBegin) {
      const std::uint64_t index = run.fetches.size() / repeat;
      run.fetches.push_back({&urls[static_cast<std::size_t>(index)]});
      run.fetches.back().times.fill(end);
    }
    if (record.fetch == 0 || record.fetch > run.fetches.size()) {
      continue;
    }
    FetchHistory& fetch = run.fetches[record.fetch - 1];
    std::size_t reached = 0;  // of fetch.times
    if (const std::optional<Stage> stage = stage_begun_by(record)) {
      reached = static_cast<std::size_t>(*stage) + 1;
    } else if (record.operation == Operation::kEnd ||
               record.operation == Operation::kFail) {
      reached = fetch.times.size();
      fetch.outcome = record.operation == Operation::kEnd
                          ? FetchHistory::Outcome::kComplete
                          : FetchHistory::Outcome::kFailed;
    }
    for (std::size_t i = 0; i < reached; ++i) {
      fetch.times[i] = std::min(fetch.times[i], record.time);
    }
  }
  return run;
}
