#include "common/view/report.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "common/base/escape.h"
#include "common/view/output.h"
#include "common/view/terminal.h"

namespace {

constexpr std::uint64_t kMuch = 20;  // jobs, from which on progress is shown
constexpr auto kProgressInterval = std::chrono::milliseconds(100);

std::string seconds_text(double seconds, int decimals) {
  char text[32];
  std::snprintf(text, sizeof text, "%.*f", decimals, seconds);
  return text;
}

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::string text_line(const Job& job) {
  const Response& response = job.response;
  std::string line = job.url.text() + ": " + std::to_string(response.status());
  if (!response.reason().empty()) {
    line += " " + escape(response.reason());
  }
  return line + ", " + std::to_string(response.bytes()) + " bytes, " +
         seconds_text(seconds_since(job.started), 2) + " seconds\n";
}

std::string json_line(const Job& job) {
  const Response& response = job.response;
  const bool answered = response.status() != 0;
  return "{\"url\":" + json_string(job.url.text()) + ",\"status\":" +
         (answered ? std::to_string(response.status()) : "null") +
         ",\"reason\":" + (answered ? json_string(response.reason()) : "null") +
         ",\"bytes\":" + std::to_string(response.bytes()) +
         ",\"seconds\":" + seconds_text(seconds_since(job.started), 6) +
         ",\"error\":" +
         (job.failure == nullptr ? "null" : json_string(job.error())) + "}\n";
}

}  // namespace

Report::Report(Style style, std::uint64_t total)
    : style_(style),
      total_(total),
      progress_(style != Style::kQuiet && total > kMuch &&
                isatty(STDERR_FILENO) == 1) {}

void Report::ended(const Job& job) {
  ++ended_;
  if (job.failure != nullptr) {
    ++failed_;
    hide_progress();
    write_error(job.url.text() + ": " + escape(job.error()) + "\n");
  }
  if (style_ == Style::kJson) {
    hide_progress();
    write_output(json_line(job));
  } else if (style_ == Style::kText && job.failure == nullptr) {
    hide_progress();
    write_output(text_line(job));
  }
  if (progress_) {
    show_progress();
  }
}

void Report::print(std::string_view text) {
  hide_progress();
  write_output(text);
}

void Report::took(std::chrono::duration<double> wall, double cpu_seconds) {
  hide_progress();
  if (style_ == Style::kText) {
    write_output("took " + seconds_text(wall.count(), 2) + " seconds (" +
                 seconds_text(cpu_seconds, 2) + " CPU)\n");
  }
}

void Report::show_progress() {
  const Clock::time_point now = Clock::now();
  if (now < next_progress_ || ended_ == total_) {
    return;
  }
  hide_progress();
  next_progress_ = now + kProgressInterval;
  const std::string done =
      std::to_string(ended_) + " of " + std::to_string(total_);
  const std::string all =
      done + " done, " + std::to_string(failed_) + " failed";
  // The last column stays free: some terminals go to the next line there.
  const std::size_t width = columns_of(STDERR_FILENO) - 1;
  const std::string& text = all.size() <= width ? all : done;
  if (text.size() <= width) {
    write_error(text);
    shown_ = text.size();
  }
}

// Wipes the line with blanks: no escape codes anywhere. The terminal may have
// become narrower meanwhile.
void Report::hide_progress() {
  constexpr std::string_view kBlanks = "        ";
  if (shown_ > 0) {
    write_error("\r");
    for (std::size_t left = std::min(shown_, columns_of(STDERR_FILENO) - 1);
         left > 0; left -= std::min(left, kBlanks.size())) {
      write_error(kBlanks.substr(0, left));
    }
    write_error("\r");
    shown_ = 0;
  }
}
