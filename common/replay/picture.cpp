#include "common/replay/picture.h"

#include <algorithm>
#include <set>
#include <stdexcept>

namespace {

constexpr int kColumn = 460;  // pixels
constexpr int kBox = 26;
constexpr int kTop = 64;
constexpr int kRows = 7;

std::string text_at(int x, int y, const std::string& style,
                    const std::string& text) {
  return "<text x=\"" + std::to_string(x) + "\" y=\"" + std::to_string(y) +
         "\" " + style + ">" + text + "</text>\n";
}

std::string box_at(int x, int row, const Place& place, bool fetching) {
  const int y = kTop + row * kBox;
  const std::string name =
      place.function.substr(0, place.function.find("::resume"));
  return "<rect x=\"" + std::to_string(x) + "\" y=\"" + std::to_string(y) +
         "\" width=\"210\" height=\"22\" rx=\"4\" fill=\"#fff\" stroke=\"" +
         (fetching ? "#9a4700" : "#8a919c") + "\"/>\n" +
         text_at(
             x + 8, y + 16,
             fetching ? "fill=\"#9a4700\" font-weight=\"bold\""
                      : "fill=\"#16191f\"",
             name + (place.line == 0 ? "" : " " + std::to_string(place.line)));
}

const ReplayEvent& second_receive(const RecordedRun& run, std::uint32_t fetch) {
  int seen = 0;
  const auto event = std::find_if(run.events.begin(), run.events.end(),
                                  [&](const ReplayEvent& e) {
                                    return e.operation == Operation::kRecv &&
                                           e.fetch == fetch && ++seen == 2;
                                  });
  if (event == run.events.end()) {
    throw std::runtime_error(run.step + " doesn't receive twice");
  }
  return *event;
}

std::string column_of(const RecordedRun& run, std::uint32_t fetch, int x) {
  const ReplayEvent& event = second_receive(run, fetch);
  std::string drawn =
      text_at(x, 22, "font-weight=\"bold\"", run.step) +
      text_at(x, 50, "fill=\"#565c66\"", "on the thread's stack") +
      text_at(x + 226, 50, "fill=\"#565c66\"", "kept aside, suspended");
  std::set<std::string> running;
  int row = kRows;
  for (const Place& place : event.stack) {  // the first one stands lowest
    running.insert(place.function);
    drawn += box_at(x, --row, place,
                    place.file == "fetch.cpp" && place.function != "fetch_all");
  }
  row = kRows;
  for (const Place& place : event.chains.at(fetch)) {
    if (running.count(place.function) == 0) {
      drawn += box_at(x + 226, --row, place, true);
    }
  }
  return drawn;
}

}  // namespace

std::string picture_of(const std::vector<RecordedRun>& runs,
                       std::uint32_t fetch) {
  const int width = 16 + kColumn * static_cast<int>(runs.size());
  const int height = kTop + kRows * kBox + 8;
  std::string svg =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" +
      std::to_string(width) + "\" height=\"" + std::to_string(height) +
      "\" font-family=\"sans-serif\" font-size=\"14\" fill=\"#16191f\">\n"
      "<rect width=\"100%\" height=\"100%\" fill=\"#f3f5f8\"/>\n";
  int x = 16;
  for (const RecordedRun& run : runs) {
    svg += column_of(run, fetch, x);
    x += kColumn;
  }
  return svg + "</svg>\n";
}
