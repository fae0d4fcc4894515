// make_replay PROGRAMS SOURCES FOLDER: records the same two fetches in all four
// steps, and makes a page of it that can be watched, FOLDER/replay.html, a
// picture of one moment, FOLDER/receive.svg, and FOLDER/step4_coroutines.story,
// which is what --story tells, and who has called whom.
#include <algorithm>
#include <cstdio>
#include <exception>
#include <fstream>
#include <future>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "common/base/escape.h"
#include "common/demo/slow_server.h"
#include "common/replay/picture.h"
#include "common/replay/recorded_run.h"

namespace {

const std::vector<std::string> kSteps = {"step1_blocking", "step2_callbacks",
                                         "step3_generators",
                                         "step4_coroutines"};

// What happened, without when and with whom on the stack.
std::vector<std::string> sequence_of(const RecordedRun& run) {
  std::vector<std::string> sequence;
  for (const ReplayEvent& event : run.events) {
    sequence.push_back(std::to_string(event.fetch) + " " +
                       operation_name(event.operation));
  }
  return sequence;
}

// What each of these is in the page.
std::string json(const SourceFunction& function);
std::string json(const ReplayEvent& event);
std::string json(const RecordedRun& run);
std::string json(const std::string& text) {
  return json_string(text);
}
std::string json(const Place& place) {
  return "[" + json(place.function) + "," + json(place.file) + "," +
         std::to_string(place.line) + "]";
}

template <typename Values>
std::string json_list(const Values& values) {
  std::string list;
  for (const auto& value : values) {
    list += (list.empty() ? "" : ",") + json(value);
  }
  return "[" + list + "]";
}

template <typename Values, typename Write>
std::string json_object(const Values& values, Write write) {
  std::string members;
  for (const auto& [key, value] : values) {
    members += members.empty() ? "\"" : ",\"";
    if constexpr (requires { key.size(); }) {
      members += key;
    } else {
      members += std::to_string(key);
    }
    members += "\":" + write(value);
  }
  return "{" + members + "}";
}

std::string json(const SourceFunction& function) {
  return "[" + json(function.name) + "," + std::to_string(function.begin) +
         "," + std::to_string(function.end) + "," +
         (function.callback ? "1" : "0") + "]";
}

std::string json(const ReplayEvent& event) {
  const auto places = [](const std::vector<Place>& chain) {
    return json_list(chain);
  };
  const auto text = [](const std::string& wait) { return json(wait); };
  return "\n{\"op\":" + json(operation_name(event.operation)) +
         ",\"fetch\":" + std::to_string(event.fetch) +
         ",\"t\":" + std::to_string(event.nanoseconds) +
         ",\"bytes\":" + std::to_string(event.bytes) +
         ",\"at\":" + json(event.at) + ",\"stack\":" + json_list(event.stack) +
         ",\"chains\":" + json_object(event.chains, places) +
         ",\"waits\":" + json_object(event.waits, text) + "}";
}

std::string json(const RecordedRun& run) {
  return "\n{\"step\":" + json(run.step) + ",\"sources\":" +
         json_object(run.sources,
                     [](const auto& lines) { return json_list(lines); }) +
         ",\"functions\":" +
         json_object(run.functions,
                     [](const auto& list) { return json_list(list); }) +
         ",\"events\":" + json_list(run.events) + "}";
}

// Steps 2 to 4 must have done the same in the same order: until each of them
// has, which on a loaded machine takes some tries, they are recorded again.
std::vector<RecordedRun> record_all(const std::string& programs,
                                    const std::string& sources) {
  // So small that each part of an answer is one send of the server's.
  const auto record = [&](const std::string& step) {
    const SlowServer server;
    return record_run(step, programs, sources,
                      {server.url("/foo?chunks=3&seconds=0.9&bytes=1800"),
                       server.url("/bar?chunks=2&seconds=0.8&bytes=1800")});
  };
  // Meanwhile, as nobody is compared with it:
  auto step1 = std::async(std::launch::async, record, kSteps[0]);
  std::map<std::vector<std::string>, std::map<std::string, RecordedRun>> alike;
  constexpr int kTries = 10;
  for (int tries = 0; tries < kTries; ++tries) {
    for (std::size_t i = 1; i < kSteps.size(); ++i) {
      RecordedRun run = record(kSteps[i]);
      std::map<std::string, RecordedRun>& runs = alike[sequence_of(run)];
      runs.insert_or_assign(kSteps[i], std::move(run));
      if (runs.size() == kSteps.size() - 1) {
        return {step1.get(), runs[kSteps[1]], runs[kSteps[2]], runs[kSteps[3]]};
      }
    }
  }
  const auto& [one, first] = *alike.begin();
  const auto& [other, second] = *std::next(alike.begin());
  const auto [a, b] =
      std::mismatch(one.begin(), one.end(), other.begin(), other.end());
  throw std::runtime_error("event " + std::to_string(a - one.begin() + 1) +
                           " of " + first.begin()->first + " is '" +
                           (a == one.end() ? "none" : *a) + "', of " +
                           second.begin()->first + " '" +
                           (b == other.end() ? "none" : *b) + "', in " +
                           std::to_string(kTries) + " tries");
}

// The story of a run, and below each wake who has called whom when the fetch
// does something next.
std::string story_with_callers(const RecordedRun& run) {
  const auto is_wake = [](const ReplayEvent& event) {
    return event.fetch != 0 && (event.operation == Operation::kWake ||
                                event.operation == Operation::kTimeOut);
  };
  std::string text;
  auto wake = run.events.begin();
  for (std::string line : run.story) {
    // Without what the URLs ask of the slow server.
    for (std::size_t at; (at = line.find("?chunks")) != line.npos;) {
      line.erase(at, line.find(' ', at) - at);
    }
    text += line + "\n";
    if (line.find("  is woken") == line.npos) {
      continue;
    }
    wake = std::find_if(wake, run.events.end(), is_wake);
    if (wake == run.events.end() || ++wake == run.events.end()) {
      throw std::runtime_error(run.step + " tells more than was recorded");
    }
    std::string calls;
    for (const Place& place : wake->stack) {
      calls += (calls.empty() ? "" : " -> ") + place.function;
    }
    text += std::string(17, ' ') + calls + "\n";
  }
  return text;
}

void write_file(const std::string& name, const std::string& text) {
  std::ofstream out(name);
  out << text;
  out.close();
  if (!out) {
    throw std::runtime_error("cannot write '" + name + "'");
  }
}

void make(const std::string& programs, const std::string& sources,
          const std::string& folder) {
  const std::string kMark = "/*RUNS*/";
  std::string page;
  for (const std::string& line :
       read_lines(sources + "/common/replay/page.html")) {
    page += line + "\n";
  }
  const std::size_t mark = page.find(kMark);
  if (mark == page.npos) {
    throw std::runtime_error("page.html has no place for the runs");
  }
  const std::vector<RecordedRun> recorded = record_all(programs, sources);
  std::string runs = json_list(recorded);
  for (std::size_t at = 0; (at = runs.find("</", at)) != runs.npos; at += 3) {
    runs.insert(at + 1, "\\");  // or it would end the script
  }
  page.replace(mark, kMark.size(), runs);
  write_file(folder + "/replay.html", page);
  for (std::size_t i = 1; i < recorded.size(); ++i) {
    write_file(folder + "/" + recorded[i].step + ".story",
               story_with_callers(recorded[i]));
  }
  write_file(folder + "/receive.svg",
             picture_of({recorded[2], recorded[3]}, 2));
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 4) {
    std::fputs("usage: make_replay PROGRAMS SOURCES FOLDER\n", stderr);
    return 2;
  }
  make(argv[1], argv[2], argv[3]);
  std::printf("open %s/replay.html\n", argv[3]);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "replay: %s\n", error.what());
  return 1;
}
