#include "common/view/story.h"

#include <cstdio>
#include <map>
#include <string_view>

#include "common/view/trace_events.h"

namespace {

using Record = Trace::Record;

// "fetch.cpp:55", if a line of the lesson asked for it.
std::string place_of(const Record& record) {
  const std::string_view file = lesson_file(record.file);
  return file.empty() ? ""
                      : std::string(file.substr(file.find('/') + 1)) + ":" +
                            std::to_string(record.line);
}

std::string with_size(const char* verb, const Record& record, bool timed) {
  return verb + (timed ? " " + std::to_string(record.bytes) + " bytes" : "");
}

// What has happened to a fetch; "" if that is not worth a line.
std::string event_of(const Record& record, bool timed) {
  const bool is_socket = record.phase != Phase::kLookup;
  switch (record.operation) {
    case Operation::kBegin:
      return "begins";
    case Operation::kEnd:
      return "ends: it is complete";
    case Operation::kFail:
      return "ends: it has failed";
    case Operation::kSleep:
      return "";
    case Operation::kOpen:
      return is_socket ? "opens a socket" : "has its name looked up";
    case Operation::kWaitReadable:
      return is_socket ? "waits until it can receive" : "waits for the lookup";
    case Operation::kWaitWritable:
      return "waits until it can send";
    case Operation::kWake:
      return "is woken";
    case Operation::kTimeOut:
      return "is woken: its deadline has passed";
    case Operation::kConnect:
      return "asks how its connect has ended";
    case Operation::kSend:
      return record.bytes == -1 ? "can't send yet"
                                : with_size("sends", record, timed);
    case Operation::kRecv:
      return record.bytes == -1  ? "has nothing to receive yet"
             : record.bytes == 0 ? "receives the end of the stream"
                                 : with_size("receives", record, timed);
    case Operation::kClose:
      return is_socket ? "closes the socket" : "has what the lookup found";
  }
  return "";
}

class Story {
 public:
  Story(const RunHistory& run, bool timed)
      : run_(run), timed_(timed), labels_(labels_of(run.fetches)) {}

  void add(const Record& record) {
    if (record.operation == Operation::kSleep) {
      return line(record, "the thread sleeps" + kept(), "");
    }
    if (record.fetch == 0 || record.fetch > labels_.size()) {
      if (record.operation == Operation::kWake) {
        line(record, "the thread is woken by Ctrl-C", "");
      }
      return;
    }
    switch (record.operation) {
      case Operation::kWaitReadable:
      case Operation::kWaitWritable:
        waits_[record.fetch] = place_of(record);
        break;
      case Operation::kEnd:
      case Operation::kFail:
      case Operation::kWake:
      case Operation::kTimeOut:
        waits_.erase(record.fetch);
        break;
      default:
        break;
    }
    line(record, name(record.fetch) + "  " + event_of(record, timed_),
         place_of(record));
  }

  std::string text() && { return std::move(text_); }

 private:
  std::string name(std::uint32_t fetch) const {
    return std::to_string(fetch) + " " + labels_[fetch - 1];
  }

  // Which fetches wait meanwhile, and where. The first three are named.
  std::string kept() const {
    constexpr std::size_t kNamed = 3;
    std::string text = waits_.empty() ? "" : "; kept:";
    std::size_t named = 0;
    for (const auto& [fetch, place] : waits_) {
      if (++named > kNamed) {
        return text + " and " + std::to_string(waits_.size() - kNamed) +
               " more";
      }
      text += (named > 1 ? ", " : " ") + name(fetch) +
              (timed_ && !place.empty() ? " at " + place : "");
    }
    return text;
  }

  void line(const Record& record, std::string what, const std::string& place) {
    if (timed_) {
      const std::chrono::duration<double, std::milli> time =
          record.time - run_.start;
      char shown[32];
      std::snprintf(shown, sizeof shown, "%10.3f ms  ", time.count());
      text_ += shown;
      if (!place.empty()) {
        what.resize(std::max<std::size_t>(what.size(), 48), ' ');
        what += "  " + place;
      }
    }
    text_ += what + "\n";
  }

  const RunHistory& run_;
  const bool timed_;
  const std::vector<std::string> labels_;
  std::map<std::uint32_t, std::string> waits_;  // where each fetch waits
  std::string text_;
};

}  // namespace

std::string story_of(const std::vector<Trace::Record>& records,
                     const RunHistory& run, bool timed) {
  Story story(run, timed);
  for (const Record& record : records) {
    story.add(record);
  }
  return std::move(story).text() +
         (run.dropped == 0 ? ""
                           : "(and " + std::to_string(run.dropped) +
                                 " events more: the record is full)\n");
}
