// Prints what each sketch and each step costs, as a Markdown table.
#include <cstdio>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "common/demo/slow_server.h"
#include "tests/support/process.h"
#include "tests/support/source_text.h"

namespace {

struct Program {
  std::string name;     // cost_NAME is the program that counts
  std::string source;   // its lesson file
  bool takes_urls;      // else it fetches /foo and /bar from its own server
  std::string resumed;  // the program that counts resumptions, or ""
};

const std::vector<Program> kPrograms = {
    {"step1_sketch", "step1_blocking/sketch.cpp", false, ""},
    {"step2_sketch_busy_wait", "step2_callbacks/sketch_busy_wait.cpp", false,
     ""},
    {"step2_sketch", "step2_callbacks/sketch.cpp", false, ""},
    {"step3_sketch_future", "step3_generators/sketch_future.cpp", false, ""},
    {"step3_sketch", "step3_generators/sketch.cpp", false, ""},
    {"step3_sketch_yield_from", "step3_generators/sketch_yield_from.cpp", false,
     ""},
    {"step3_sketch_co_yield", "step3_generators/sketch_co_yield.cpp", false,
     ""},
    {"step4_sketch", "step4_coroutines/sketch.cpp", false, ""},
    {"step4_sketch_nested", "step4_coroutines/sketch_nested.cpp", false, ""},
    {"step1_blocking", "step1_blocking/fetch.cpp", true, ""},
    {"step2_callbacks", "step2_callbacks/fetch.cpp", true, "step2_resumed"},
    {"step3_generators", "step3_generators/fetch.cpp", true, "step3_resumed"},
    {"step4_coroutines", "step4_coroutines/fetch.cpp", true, "step4_resumed"}};

constexpr int kMany = 100;
constexpr int kThousand = 1000;  // so many that what all share hardly counts

// What count.cpp says of a run.
struct Counts {
  double wall_us = 0;
  double cpu_us = 0;
  long registrations = 0;
  long allocations = 0;
  long peak_bytes = 0;
};

struct Measured {
  Counts counts;
  double in_flight = 0;  // the most at a time, as the server saw it
};

Ended run_program(const std::string& name,
                  const std::vector<std::string>& arguments) {
  std::vector<std::string> command = {PROGRAMS + name};
  command.insert(command.end(), arguments.begin(), arguments.end());
  Ended ended = run(command);
  if (ended.status != 0) {
    throw std::runtime_error(name + " failed: " + ended.err);
  }
  return ended;
}

Counts count(const std::string& name,
             const std::vector<std::string>& arguments) {
  const Ended ended = run_program("cost_" + name, arguments);
  Counts counts;
  if (std::sscanf(ended.err.c_str(),
                  "wall_us %lf cpu_us %lf registrations %ld allocations %ld "
                  "peak_bytes %ld",
                  &counts.wall_us, &counts.cpu_us, &counts.registrations,
                  &counts.allocations, &counts.peak_bytes) != 5) {
    throw std::runtime_error(name + " printed: " + ended.err);
  }
  return counts;
}

// `fetches` at a time, or as many as the program can, of `seconds` each.
Measured count_fetches(const std::string& name, int fetches,
                       const std::string& seconds) {
  const SlowServer server;
  const std::string number = std::to_string(fetches);
  const Counts counts =
      count(name, {"--quiet", "--concurrency", number, "--repeat", number,
                   server.url("/?seconds=" + seconds)});
  return {counts, static_cast<double>(server.peak_in_flight())};
}

std::string figure(double value, int decimals) {
  char text[32];
  std::snprintf(text, sizeof text, "%.*f", decimals, value);
  return text;
}

std::string wall(const Counts& counts) {
  return figure(counts.wall_us / 1e6, 2);
}

std::string cpu(const Counts& counts) {
  return figure(counts.cpu_us / 1e3, 1);
}

void print_row(const std::vector<std::string>& cells) {
  std::string row = "|";
  for (const std::string& cell : cells) {
    row += " " + cell + " |";
  }
  std::printf("%s\n", row.c_str());
  std::fflush(stdout);
}

// The figures of a sketch are those of its two fetches.
std::vector<std::string> measure_sketch(const Program& program) {
  const Counts two = count(program.name, {});
  return {wall(two),
          cpu(two),
          "",
          "",
          std::to_string(two.registrations),
          figure(static_cast<double>(two.allocations) / 2, 1),
          figure(static_cast<double>(two.peak_bytes) / 2, 0),
          ""};
}

// Bytes for each fetch more that is in flight. Step 1 never has more than one.
std::string bytes_in_flight(const Program& program, const Measured& few) {
  if (program.resumed.empty()) {
    return "";
  }
  const Measured many = count_fetches(program.name, kThousand, "1");
  const double bytes =
      static_cast<double>(many.counts.peak_bytes - few.counts.peak_bytes);
  return figure(bytes / (many.in_flight - few.in_flight), 0);
}

std::vector<std::string> measure_step(const Program& program) {
  const Counts two = count_fetches(program.name, 2, "0.95").counts;
  const Measured few = count_fetches(program.name, 2, "0.1");
  const Counts many = count_fetches(program.name, kMany, "0.1").counts;
  const double allocations =
      static_cast<double>(many.allocations - few.counts.allocations);
  std::string resumed;
  if (!program.resumed.empty()) {
    resumed = split_lines(run_program(program.resumed, {}).out).at(0);
  }
  return {wall(two),
          cpu(two),
          wall(many),
          cpu(many),
          std::to_string(two.registrations),
          figure(allocations / (kMany - 2), 1),
          bytes_in_flight(program, few),
          resumed};
}

void print_table() {
  print_row({"program", "lines", "changed", "2 slow: wall s", "CPU ms",
             "100 slow: wall s", "CPU ms", "registrations", "allocations",
             "bytes", "resumes"});
  print_row(std::vector<std::string>(11, "---"));
  std::string before;
  for (const Program& program : kPrograms) {
    const Lines source = lines_of(program.source);
    const bool first = before.empty() || program.name == "step1_blocking";
    std::vector<std::string> cells = {
        "`" + program.name + "`", std::to_string(source.size()),
        first ? "" : std::to_string(changed_lines(lines_of(before), source))};
    const std::vector<std::string> figures =
        program.takes_urls ? measure_step(program) : measure_sketch(program);
    cells.insert(cells.end(), figures.begin(), figures.end());
    print_row(cells);
    if (program.name != "step3_sketch_yield_from") {
      before = program.source;
    }
  }
  std::printf(
      "\n%s, %s.\n"
      "lines, changed: of the sketch or of fetch.cpp, and from the row before\n"
      "  (step3_sketch_co_yield: from step3_sketch)\n"
      "2 slow, 100 slow: at once, of 0.95 s and of 0.1 s each\n"
      "registrations: descriptors handed to the kernel to watch, for the 2\n"
      "allocations: on the heap, per fetch\n"
      "bytes: on the heap, per fetch in flight, of 1,000 (a sketch: of its "
      "two,\n"
      "  and it keeps the whole response)\n"
      "resumes: per event, when a read waits in a fetch in a worker\n",
      COMPILER, FLAGS);
}

}  // namespace

int main() {
  try {
    print_table();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "cost_table: %s\n", error.what());
    return 1;
  }
}
