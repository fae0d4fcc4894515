#include "common/http/http_syntax.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "common/base/escape.h"

std::string quoted(std::string_view foreign) {
  constexpr std::size_t kShown = 40;
  const bool cut = foreign.size() > kShown;
  return "'" + escape(foreign.substr(0, kShown)) + (cut ? "...'" : "'");
}

std::size_t token_length(std::string_view text) {
  const auto end = std::find_if_not(text.begin(), text.end(), is_token_byte);
  return static_cast<std::size_t>(end - text.begin());
}

std::size_t status_line_length(std::string_view text, std::size_t from) {
  constexpr std::string_view kLeast = "HTTP/1.0 000";
  constexpr std::string_view kMost = "HTTP/1.9 999";
  const std::size_t head = std::min(kLeast.size(), text.size());
  std::size_t i = from;
  while (i < head && text[i] >= kLeast[i] && text[i] <= kMost[i]) {
    ++i;
  }
  if (i < head) {
    return i;
  }
  for (; i < text.size(); ++i) {
    const char c = text[i];
    const bool fits = text[i - 1] == '\r'  ? c == '\n'
                      : i == kLeast.size() ? c == ' ' || c == '\r' || c == '\n'
                                           : c != '\0';
    if (!fits) {
      return i;
    }
  }
  return i;
}

bool parse_number(std::string_view text, int base, std::uint64_t& number) {
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number, base);
  return error == std::errc() && stop == end &&
         number <= std::numeric_limits<std::int64_t>::max();
}
