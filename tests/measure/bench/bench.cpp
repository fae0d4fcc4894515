// What a fetch costs in each step, beside the limit, a thread per fetch, and
// libuv and Asio where they are installed.
//
// bench [table] [extras] [growth] [million] [large]   all if none is named
//
// Prints Markdown. Everything is per fetch of a body of 1 KiB with
// Content-Length, on a new connection, over loopback. Nothing here asserts
// anything: tests/measure/costs_test.cpp does that for what doesn't vary.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "measure.h"

namespace {

constexpr std::uint64_t kBody = 1024;
constexpr std::uint64_t kGiB = std::uint64_t{1} << 30;
constexpr int kRounds = 11;

// What is to be fetched.
struct Work {
  std::uint64_t fetches;
  std::uint64_t concurrency;
  std::uint64_t bytes = kBody;
  std::string delay = "";      // "/2000": the server answers after so many ms
  std::string directory = "";  // for the bodies, if any
  Command options = {};        // of a step, besides
};

const std::vector<std::string> kSteps = {"step1_blocking", "step2_callbacks",
                                         "step3_generators",
                                         "step4_coroutines"};

bool is_step(const std::string& client) {
  return std::find(kSteps.begin(), kSteps.end(), client) != kSteps.end();
}

// Which clients there are beside the steps, the limit first.
std::vector<std::string> others() {
  std::vector<std::string> clients = {"limit", "threads"};
  if (access(PROGRAMS "bench_libuv", X_OK) == 0) {
    clients.push_back("libuv");
  }
  if (access(PROGRAMS "bench_asio", X_OK) == 0) {
    clients.insert(clients.end(), {"asio callbacks", "asio coroutines"});
  }
  return clients;
}

// The length of what bench_server sends.
std::uint64_t response_bytes(std::uint64_t body) {
  return std::string(
             "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
             "Connection: close\r\nContent-Length: \r\n\r\n")
             .size() +
         std::to_string(body).size() + body;
}

Command command_of(const std::string& client, const Server& server,
                   const Work& work) {
  const std::string path = "/" + std::to_string(work.bytes) + work.delay;
  if (!is_step(client)) {
    Command command;
    std::istringstream words(PROGRAMS "bench_" + client);
    for (std::string word; words >> word;) {
      command.push_back(word);
    }
    command.insert(
        command.end(),
        {server.port(), path, std::to_string(response_bytes(work.bytes)),
         std::to_string(work.fetches), std::to_string(work.concurrency)});
    if (!work.directory.empty()) {
      command.push_back(work.directory + "/body");
    }
    return command;
  }
  Command command = {PROGRAMS + client,
                     "--quiet",
                     "--repeat",
                     std::to_string(work.fetches),
                     "--concurrency",
                     std::to_string(work.concurrency),
                     "http://127.0.0.1:" + server.port() + path};
  if (!work.directory.empty()) {
    command.insert(command.end(), {"--output-dir", work.directory});
  }
  command.insert(command.end(), work.options.begin(), work.options.end());
  return command;
}

// A number, or a dash where there is none.
std::string shown(std::optional<double> number, int decimals) {
  char text[32];
  std::snprintf(text, sizeof text, "%.*f", decimals, number.value_or(0));
  return number ? text : "-";
}

// What `count` says of one fetch: that of many less that of few, so that
// starting and ending the program doesn't count.
template <typename Count>
std::optional<double> per_fetch(Count count, const std::string& client,
                                const Server& server, std::uint64_t few,
                                std::uint64_t many, std::uint64_t concurrency) {
  const auto less = count(command_of(client, server, {few, concurrency}));
  const auto more = count(command_of(client, server, {many, concurrency}));
  if (!less || !more) {
    return std::nullopt;
  }
  return (*more - *less) / static_cast<double>(many - few);
}

// Bytes of memory for each of `many` fetches that wait at the same time.
std::optional<double> bytes_in_flight(const std::string& client,
                                      const Server& server, std::uint64_t few,
                                      std::uint64_t many) {
  const auto less = run(command_of(client, server, {few, few, kBody, "/2000"}));
  const auto more =
      run(command_of(client, server, {many, many, kBody, "/2000"}));
  if (!less || !more) {
    return std::nullopt;
  }
  return static_cast<double>(more->peak_bytes - less->peak_bytes) /
         static_cast<double>(many - few);
}

void print_table(const Server& server) {
  constexpr std::uint64_t kFetches = 20'000;
  std::vector<std::string> clients = others();
  clients.insert(clients.end(), kSteps.begin(), kSteps.end());
  std::vector<std::vector<double>> cpu(clients.size());
  for (int round = 0; round < kRounds; ++round) {  // in turn: drift hits all
    for (std::size_t i = 0; i < clients.size(); ++i) {
      if (const auto usage =
              run(command_of(clients[i], server, {kFetches, 64}))) {
        cpu[i].push_back(usage->cpu_seconds / kFetches * 1e6);
      }
    }
  }
  std::printf(
      "| client, 64 at a time | CPU, us | CPU vs limit | system calls | "
      "user instructions | bytes in flight (10,000) |\n"
      "|---|---|---|---|---|---|\n");
  for (std::size_t i = 0; i < clients.size(); ++i) {
    const std::string& client = clients[i];
    const auto us = cpu[i].empty() ? std::optional<double>() : median(cpu[i]);
    const auto ratio = us && !cpu[0].empty() ? *us / median(cpu[0]) : us;
    const auto bytes = client == "step1_blocking"  // one at a time
                           ? std::nullopt
                           : bytes_in_flight(client, server, 1'000, 10'000);
    std::printf(
        "| %s | %s | %s | %s | %s | %s |\n", client.c_str(),
        shown(us, 1).c_str(), shown(ratio, 2).c_str(),
        shown(per_fetch(system_calls, client, server, 1'000, 5'000, 64), 2)
            .c_str(),
        shown(per_fetch(instructions, client, server, 1'000, 5'000, 64), 0)
            .c_str(),
        shown(bytes, 0).c_str());
    std::fflush(stdout);
  }
}

// What each extra that a step can be asked for costs, as a ratio to the same
// fetches without it.
void print_extras(const Server& server) {
  constexpr std::uint64_t kFetches = 20'000;
  const Scratch directory;
  const Work plain = {kFetches, 64};
  Work saved = plain;
  saved.directory = directory.path();
  Work json = plain;
  json.options = {"--json"};
  Work traced = plain;
  traced.options = {"--trace", directory.path() + "/trace"};
  const std::vector<Work> works = {plain, saved, json, traced};
  std::printf(
      "\n| client, CPU | us | with --output-dir | --json to /dev/null | "
      "--trace |\n|---|---|---|---|---|\n");
  for (std::size_t i = 1; i < kSteps.size(); ++i) {
    std::vector<std::vector<double>> cpu(works.size());
    for (int round = 0; round < kRounds; ++round) {
      for (std::size_t k = 0; k < works.size(); ++k) {
        const auto usage = run(command_of(kSteps[i], server, works[k]));
        if (!usage) {
          throw std::runtime_error(kSteps[i] + " failed with its extras");
        }
        cpu[k].push_back(usage->cpu_seconds / kFetches * 1e6);
      }
    }
    std::printf("| %s | %.1f |", kSteps[i].c_str(), median(cpu[0]));
    for (std::size_t k = 1; k < works.size(); ++k) {
      std::printf(" %.2f |", median(cpu[k]) / median(cpu[0]));
    }
    std::printf("\n");
    std::fflush(stdout);
  }
}

void print_growth(const Server& server) {
  std::printf("\n| in flight |");
  for (std::size_t i = 1; i < kSteps.size(); ++i) {
    std::printf(" %s, instructions | bytes |", kSteps[i].c_str());
  }
  std::printf("\n|---|---|---|---|---|---|---|\n");
  for (const std::uint64_t many : {10U, 100U, 1'000U, 10'000U}) {
    std::printf("| %llu |", static_cast<unsigned long long>(many));
    const std::uint64_t few = std::max<std::uint64_t>(many, 1'000);
    for (std::size_t i = 1; i < kSteps.size(); ++i) {
      const auto count =
          per_fetch(instructions, kSteps[i], server, few, 3 * few, many);
      // Below a thousand they are fewer bytes than a page has.
      const auto bytes = many < 1'000
                             ? std::nullopt
                             : bytes_in_flight(kSteps[i], server, 100, many);
      std::printf(" %s | %s |", shown(count, 0).c_str(),
                  shown(bytes, 0).c_str());
      std::fflush(stdout);
    }
    std::printf("\n");
  }
}

void print_million(const Server& server) {
  std::printf(
      "\n| client, 64 at a time | peak MiB, 10,000 fetches | 1,000,000 fetches "
      "| seconds |\n|---|---|---|---|\n");
  for (std::size_t i = 1; i < kSteps.size(); ++i) {
    std::string line = "| " + kSteps[i];
    std::optional<Usage> usage;
    for (const std::uint64_t fetches : {10'000U, 1'000'000U}) {
      usage = run(command_of(kSteps[i], server, {fetches, 64}));
      line +=
          " | " +
          (usage ? shown(static_cast<double>(usage->peak_bytes) / (1 << 20), 1)
                 : "-");
    }
    line += " | " + (usage ? shown(usage->wall_seconds, 0) : "-") + " |";
    std::printf("%s\n", line.c_str());
    std::fflush(stdout);
  }
}

void print_large(const Server& server) {
  std::printf(
      "\n| one body of 1 GiB | seconds | CPU seconds | peak MiB |\n"
      "|---|---|---|---|\n");
  std::vector<std::string> clients = {"limit"};
  clients.insert(clients.end(), kSteps.begin(), kSteps.end());
  for (const bool saved : {false, true}) {
    for (const std::string& client : clients) {
      std::vector<double> wall;
      std::vector<double> cpu;
      std::int64_t peak = 0;
      for (int round = 0; round < kRounds; ++round) {
        const Scratch directory;
        const auto usage = run(command_of(
            client, server, {1, 1, kGiB, "", saved ? directory.path() : ""}));
        if (!usage) {
          throw std::runtime_error(client + " failed on a body of 1 GiB");
        }
        wall.push_back(usage->wall_seconds);
        cpu.push_back(usage->cpu_seconds);
        peak = std::max(peak, usage->peak_bytes);
      }
      std::printf("| %s%s | %.2f | %.2f | %.1f |\n", client.c_str(),
                  saved ? ", saved" : "", median(wall), median(cpu),
                  static_cast<double>(peak) / (1 << 20));
      std::fflush(stdout);
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> wanted(argv + 1, argv + argc);
  const std::vector<std::pair<std::string, void (*)(const Server&)>> parts = {
      {"table", print_table},
      {"extras", print_extras},
      {"growth", print_growth},
      {"million", print_million},
      {"large", print_large}};
  for (const std::string& word : wanted) {
    if (std::none_of(parts.begin(), parts.end(),
                     [&](const auto& part) { return part.first == word; })) {
      std::fprintf(
          stderr,
          "bench: no part '%s': table, extras, growth, million, large\n",
          word.c_str());
      return 2;
    }
  }
  try {
    const Server server;
    std::printf("%s, %s\n\n", COMPILER, FLAGS);
    for (const auto& [name, print] : parts) {
      if (wanted.empty() ||
          std::find(wanted.begin(), wanted.end(), name) != wanted.end()) {
        print(server);
      }
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench: %s\n", error.what());
    return 1;
  }
}
