#include "tests/support/trace_rules.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace {

void expect_no_null(const Json& value) {
  EXPECT_NE(value.kind, Json::Kind::kNull);
  for (const Json& element : value.elements) {
    expect_no_null(element);
  }
}

void expect_fields(const Json& event) {
  const std::string phase = event["ph"].text;
  const std::map<std::string, std::set<std::string>> more = {
      {"M", {}},
      {"X", {"dur"}},
      {"i", {"s"}},
      {"b", {"cat", "id"}},
      {"n", {"cat", "id"}},
      {"e", {"cat", "id"}}};
  ASSERT_TRUE(more.contains(phase)) << phase;
  std::set<std::string> wanted = {"ph", "name", "pid", "tid", "ts", "args"};
  wanted.insert(more.at(phase).begin(), more.at(phase).end());
  EXPECT_EQ(std::set<std::string>(event.keys.begin(), event.keys.end()),
            wanted);
  EXPECT_NE(event["name"].text, "");
  EXPECT_GE(event["ts"].number(), 0);
  EXPECT_TRUE(phase != "X" || event["dur"].number() >= 0);
  EXPECT_EQ(event["args"].kind, Json::Kind::kObject);
}

void expect_lesson(const Json& arguments) {
  EXPECT_EQ(arguments.has("file"), arguments.has("line"));
  if (arguments.has("file")) {
    const std::string& file = arguments["file"].text;
    EXPECT_TRUE(file.starts_with("step") &&
                std::count(file.begin(), file.end(), '/') == 1)
        << file;
    EXPECT_GT(arguments["line"].number(), 0);
  }
}

// In the order of the file, which must be that of time too, fetch by fetch.
void expect_nesting(const std::vector<Json>& events) {
  struct Fetch {
    std::vector<std::string> open;  // names
    double last = 0;                // time
    int begun = 0;
  };
  std::map<std::string, Fetch> fetches;
  for (const Json& event : events) {
    const std::string phase = event["ph"].text;
    if (phase != "b" && phase != "n" && phase != "e") {
      continue;
    }
    Fetch& fetch = fetches[event["id"].text];
    EXPECT_GE(event["ts"].number(), fetch.last);
    fetch.last = event["ts"].number();
    const std::string& name = event["name"].text;
    if (phase == "b") {
      fetch.begun += fetch.open.empty() ? 1 : 0;
      fetch.open.push_back(name);
      EXPECT_LE(fetch.open.size(), 2U) << name;
    } else {
      ASSERT_FALSE(fetch.open.empty()) << name << " outside of its fetch";
      if (phase == "e") {
        EXPECT_EQ(fetch.open.back(), name);
        fetch.open.pop_back();
      }
    }
  }
  for (const auto& [id, fetch] : fetches) {
    EXPECT_TRUE(fetch.open.empty()) << fetch.open.back() << " doesn't end";
    EXPECT_EQ(fetch.begun, 1) << "fetch " << id;
  }
}

void expect_one_slice_at_a_time(const std::vector<Json>& events) {
  std::vector<std::pair<double, double>> slices;
  for (const Json& event : events) {
    if (event["ph"].text == "X") {
      slices.emplace_back(event["ts"].number(),
                          event["ts"].number() + event["dur"].number());
    }
  }
  std::sort(slices.begin(), slices.end());
  for (std::size_t i = 1; i < slices.size(); ++i) {
    constexpr double kRounding = 1e-6;
    EXPECT_LE(slices[i - 1].second, slices[i].first + kRounding);
  }
}

}  // namespace

std::vector<Json> events_of_trace(const std::string& text) {
  const Json file = Json::parse(text);
  EXPECT_EQ(file.keys.front(), "displayTimeUnit");
  EXPECT_EQ(file["displayTimeUnit"].text, "ms");
  expect_no_null(file);
  const std::vector<Json>& events = file["traceEvents"].elements;
  for (const Json& event : events) {
    expect_fields(event);
    expect_lesson(event["args"]);
  }
  expect_nesting(events);
  expect_one_slice_at_a_time(events);
  return events;
}
