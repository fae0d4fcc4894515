#include "common/replay/recorded_run.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <stdexcept>

namespace {

// What `command` prints.
std::string output_of(const std::string& command) {
  std::string text;
  if (FILE* const pipe = popen(command.c_str(), "r")) {
    for (int byte; (byte = std::fgetc(pipe)) != EOF;) {
      text += static_cast<char>(byte);
    }
    pclose(pipe);
  }
  return text;
}

// For each address its places in the lesson, the innermost first: more than one
// where calls were inlined.
using Places = std::map<std::string, std::vector<Place>>;

class Symbols {
 public:
  Symbols(const RecordedRun& run, std::string program)
      : run_(run), program_(std::move(program)) {}

  Places places_of(const std::set<std::string>& addresses) const {
    std::string command = "addr2line -fiae '" + program_ + "'";
    for (const std::string& address : addresses) {
      char hex[32];
      std::snprintf(hex, sizeof hex, " %llx", std::stoull(address));
      command += hex;
    }
    std::istringstream out(output_of(command));
    Places places;
    std::vector<Place>* found = nullptr;
    for (std::string line; std::getline(out, line);) {
      if (line.starts_with("0x")) {
        found = &places[std::to_string(std::stoull(line, nullptr, 16))];
      } else if (found != nullptr) {
        std::string where;
        std::getline(out, where);
        if (!add(where, *found)) {
          add_by_name(line, *found);
        }
      }
    }
    if (places.empty()) {
      throw std::runtime_error(
          "addr2line finds nothing; is it installed? (On Debian: apt-get "
          "install binutils)");
    }
    return places;
  }

  // The function that `line` of `file` is in, if it is the lesson's.
  const SourceFunction* function_at(const std::string& file,
                                    std::size_t line) const {
    const auto functions = run_.functions.find(file);
    if (functions == run_.functions.end()) {
      return nullptr;
    }
    for (const SourceFunction& function : functions->second) {
      if (function.begin <= line && line <= function.end) {
        return &function;
      }
    }
    return nullptr;
  }

 private:
  // `where` is "/path/step4_coroutines/fetch.cpp:54 (discriminator 2)".
  // Returns whether that is the lesson's.
  bool add(const std::string& where, std::vector<Place>& places) const {
    const std::size_t folder = where.rfind(run_.step + "/");
    const std::size_t colon = where.rfind(':');
    if (folder == where.npos || colon == where.npos) {
      return false;
    }
    const std::size_t begin = folder + run_.step.size() + 1;
    const std::string file = where.substr(begin, colon - begin);
    const std::size_t line =
        std::strtoul(where.c_str() + colon + 1, nullptr, 10);
    if (const SourceFunction* const function = function_at(file, line)) {
      places.push_back({function->name, file, line});
    }
    return true;
  }

  // A member function of the lesson may be at a line of the library, whose
  // function was inlined. `mangled` begins as "_ZN9EventLoop3run", say. (Where
  // the line is the lesson's, it tells more: a coroutine has two functions.)
  void add_by_name(const std::string& mangled,
                   std::vector<Place>& places) const {
    for (const auto& [file, functions] : run_.functions) {
      for (const SourceFunction& function : functions) {
        const std::size_t colons = function.name.find("::");
        if (colons != std::string::npos &&
            mangled.starts_with(
                "_ZN" + std::to_string(colons) +
                function.name.substr(0, colons) +
                std::to_string(function.name.size() - colons - 2) +
                function.name.substr(colons + 2) + "E")) {
          places.push_back({function.name, file, 0});
        }
      }
    }
  }

  const RecordedRun& run_;
  const std::string program_;
};

void read_sources(RecordedRun& run, const std::string& folder) {
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename();
    const std::string extension = entry.path().extension();
    if ((extension == ".h" || extension == ".cpp") &&
        !name.starts_with("sketch") && name != "main.cpp" &&
        name != "counting.cpp" && name != "hooks.cpp") {
      run.sources[name] = read_lines(entry.path());
      run.functions[name] = functions_of(run.sources[name]);
    }
  }
}

}  // namespace

RecordedRun record_run(const std::string& step, const std::string& programs,
                       const std::string& source_folder,
                       const std::vector<std::string>& urls) {
  RecordedRun run;
  run.step = step;
  read_sources(run, source_folder + "/" + step);
  const std::string program = programs + "/recorded_" + step;
  const std::string name = program + ".run";
  std::string command = "RECORDED='" + name + "' '" + program + "' --story";
  for (const std::string& url : urls) {
    command += " '" + url + "'";
  }
  const int status = std::system((command + " >'" + name + ".story'").c_str());
  run.story = read_lines(name + ".story");
  while (!run.story.empty() &&
         run.story.back().find(" ms  ") == std::string::npos) {
    run.story.pop_back();  // where to find what is added here
  }
  const std::vector<std::string> lines = read_lines(name);
  if (status != 0 || lines.empty()) {
    throw std::runtime_error(program + " failed");
  }
  std::vector<std::vector<std::string>> stacks;
  std::set<std::string> addresses;
  for (const std::string& line : lines) {
    std::istringstream words(line);
    ReplayEvent event = {};
    int operation = 0;
    words >> event.nanoseconds >> operation >> event.fetch >> event.bytes >>
        event.at.line;
    event.operation = static_cast<Operation>(operation);
    std::vector<std::string> stack;
    for (std::string address; words >> address;) {
      stack.push_back(address);
      addresses.insert(address);
    }
    if (event.fetch != 0 || event.operation == Operation::kSleep) {
      run.events.push_back(event);
      stacks.push_back(stack);
    }
  }
  const Symbols symbols(run, program);
  const Places places = symbols.places_of(addresses);
  for (std::size_t i = 0; i < run.events.size(); ++i) {
    ReplayEvent& event = run.events[i];
    for (const std::string& address : stacks[i]) {
      const auto found = places.find(address);
      if (found == places.end()) {
        continue;
      }
      for (const Place& place : found->second) {
        if (event.stack.empty() ||
            event.stack.back().function != place.function) {
          event.stack.push_back(place);
        }
      }
    }
    // The line of the lesson that asked for it is surer than addr2line's.
    const auto asking = std::find_if(
        event.stack.begin(), event.stack.end(),
        [](const Place& place) { return place.file == "fetch.cpp"; });
    if (event.at.line != 0 && asking != event.stack.end()) {
      asking->line = event.at.line;
      event.at = *asking;
    }
    std::reverse(event.stack.begin(), event.stack.end());
  }
  follow_chains(run);
  return run;
}
