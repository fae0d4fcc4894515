#include "common/view/timeline.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string_view>
#include <vector>

#include "common/base/escape.h"
#include "common/view/wrap.h"

namespace {

using Seconds = std::chrono::duration<double>;
using Words = std::vector<std::string>;

// Told apart by their shape alone. While a fetch is waiting nothing happens.
struct Signs {
  const char* stages[kStages];
  const char* tick;
};
constexpr Signs kAscii = {{"?", "+", ".", "#"}, "'"};
constexpr Signs kUnicode = {{"░", "▒", "─", "█"}, "╵"};
constexpr const char* kFailed = "x";      // at the end of a fetch
constexpr const char* kUnfinished = ">";  // at the end of a fetch

// One for the whole drawing, so that all of its figures can be compared.
struct Unit {
  const char* name;
  double seconds;
  int decimals;
};

Unit unit_for(Seconds wall) {
  return wall.count() >= 0.1    ? Unit{"s", 1, 2}
         : wall.count() >= 1e-4 ? Unit{"ms", 1e-3, 2}
                                : Unit{"us", 1e-6, 0};
}

std::string number(double value, int decimals) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", decimals, value);
  return text;
}

std::string in_unit(Seconds time, const Unit& unit) {
  return number(time.count() / unit.seconds, unit.decimals) + " " + unit.name;
}

class Drawing {
 public:
  Drawing(const RunHistory& run, const TimelineStyle& style)
      : run_(run),
        signs_(style.unicode ? kUnicode : kAscii),
        columns_(std::max<std::size_t>(style.columns, 20)),
        rows_(std::min(run.fetches.size(), kTimelineRows)),
        wall_(std::max<Seconds>(run.end - run.start, Seconds(1e-9))),
        unit_(unit_for(wall_)),
        labels_(labels_of(run.fetches, rows_)) {
    for (std::string& label : labels_) {
      label = shortened(label, columns_ / 3);
      label_width_ = std::max(label_width_, label.size());
    }
    const std::size_t frame = std::string_view(" ||").size();
    width_ = columns_ - label_width_ - frame;
    if (columns_ >= 40) {  // else the durations are left out
      width_ -= in_unit(wall_, unit_).size() + 1;
    }
  }

  std::string text() const {
    std::string text;
    for (std::size_t i = 0; i < rows_; ++i) {
      text += row(i);
    }
    if (rows_ < run_.fetches.size()) {
      text += note({"and", std::to_string(run_.fetches.size() - rows_), "more",
                    "fetches"});
    }
    text += scale() + legend();
    Seconds sum(0);
    for (const FetchHistory& fetch : run_.fetches) {
      sum += fetch.end() - fetch.begin();
    }
    text += note(
        {"sum " + in_unit(sum, unit_) + ",", "wall " + in_unit(wall_, unit_)});
    if (run_.dropped > 0) {
      text += note({"without", "the", "last", std::to_string(run_.dropped),
                    "events:", "the", "record", "is", "full"});
    }
    return text;
  }

 private:
  // The column, counted from the first of the bar, that `time` is nearest to.
  std::size_t column(Clock::time_point time) const {
    const double part = Seconds(time - run_.start) / wall_;
    return static_cast<std::size_t>(
        std::lround(part * static_cast<double>(width_)));
  }

  const char* sign(const FetchHistory& fetch, std::size_t column) const {
    const Seconds middle = wall_ * (static_cast<double>(column) + 0.5) /
                           static_cast<double>(width_);
    std::size_t stage = 0;
    for (std::size_t i = 1; i < kStages; ++i) {
      if (fetch.times[i] < fetch.end() &&
          fetch.times[i] - run_.start <= middle) {
        stage = i;
      }
    }
    return signs_.stages[stage];
  }

  std::string row(std::size_t number) const {
    const FetchHistory& fetch = run_.fetches[number];
    const std::size_t begin = std::min(column(fetch.begin()), width_ - 1);
    const std::size_t end = std::clamp(column(fetch.end()), begin + 1, width_);
    std::string bar(begin, ' ');
    for (std::size_t i = begin; i + 1 < end; ++i) {
      bar += sign(fetch, i);
    }
    bar += fetch.outcome == FetchHistory::Outcome::kFailed ? kFailed
           : fetch.outcome == FetchHistory::Outcome::kUnfinished
               ? kUnfinished
               : sign(fetch, end - 1);
    const std::string& label = labels_[number];
    std::string line = label + std::string(label_width_ - label.size(), ' ') +
                       " |" + bar + std::string(width_ - end, ' ') + "|";
    if (columns_ >= 40) {
      line += " " + in_unit(fetch.end() - fetch.begin(), unit_);
    }
    return line + "\n";
  }

  // Ticks at multiples of 1, 2 or 5 times a power of ten, ten columns or more
  // apart. Each points at the first column that begins then.
  std::string scale() const {
    constexpr double kApart = 10;
    const double whole = wall_.count() / unit_.seconds;
    const double least = whole * kApart / static_cast<double>(width_);
    const double power = std::pow(10, std::floor(std::log10(least)));
    const double step = power * (least <= power       ? 1
                                 : least <= 2 * power ? 2
                                 : least <= 5 * power ? 5
                                                      : 10);
    const int decimals =
        std::max(0, static_cast<int>(-std::floor(std::log10(step) + 1e-9)));
    std::string line(label_width_ + 2, ' ');
    std::size_t width = 0;  // of what follows, in columns
    for (int i = 0; i * step <= whole; ++i) {
      const std::string text =
          number(i * step, i == 0 ? 0 : decimals) + " " + unit_.name;
      const auto at = static_cast<std::size_t>(
          std::lround(i * step / whole * static_cast<double>(width_)));
      if (at + 1 + text.size() > columns_ - label_width_ - 2) {
        break;
      }
      if (at >= width) {  // else the figures are that long
        line += std::string(at - width, ' ') + signs_.tick + text + " ";
        width = at + 1 + text.size() + 1;
      }
    }
    line.pop_back();
    return line + "\n";
  }

  std::string legend() const {
    Words words;
    for (std::size_t i = 0; i < kStages; ++i) {
      words.push_back(signs_.stages[i] + std::string(" ") +
                      stage_name(static_cast<Stage>(i)));
    }
    const auto any = [this](FetchHistory::Outcome outcome) {
      return std::any_of(run_.fetches.begin(), run_.fetches.end(),
                         [outcome](const FetchHistory& fetch) {
                           return fetch.outcome == outcome;
                         });
    };
    if (any(FetchHistory::Outcome::kFailed)) {
      words.push_back(std::string(kFailed) + " failed");
    }
    if (any(FetchHistory::Outcome::kUnfinished)) {
      words.push_back(std::string(kUnfinished) + " not finished");
    }
    return wrapped(words, "  ", indent(), columns_);
  }

  std::string note(const Words& words) const {
    return wrapped(words, " ", indent(), columns_);
  }

  std::size_t indent() const { return columns_ >= 40 ? label_width_ + 2 : 0; }

  const RunHistory& run_;
  const Signs& signs_;
  const std::size_t columns_;
  const std::size_t rows_;
  const Seconds wall_;
  const Unit unit_;
  Words labels_;
  std::size_t label_width_ = 0;
  std::size_t width_ = 0;  // of a bar, in columns
};

}  // namespace

std::string timeline(const RunHistory& run, const TimelineStyle& style) {
  return run.fetches.empty() ? "" : Drawing(run, style).text();
}
