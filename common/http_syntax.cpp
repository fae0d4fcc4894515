#include "common/http_syntax.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "common/escape.h"

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_token_character(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

}  // namespace

std::string quoted(std::string_view foreign) {
  constexpr std::size_t kShown = 40;
  const bool cut = foreign.size() > kShown;
  return "'" + escape(foreign.substr(0, kShown)) + (cut ? "...'" : "'");
}

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) {
    text.remove_prefix(1);
  }
  while (!text.empty() && is_blank(text.back())) {
    text.remove_suffix(1);
  }
  return text;
}

bool equal_ignoring_case(std::string_view text, std::string_view lower_case) {
  return std::equal(text.begin(), text.end(), lower_case.begin(),
                    lower_case.end(), [](char a, char b) {
                      return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b;
                    });
}

bool is_token(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), is_token_character);
}

bool fits_status_line(std::string_view text, std::size_t i) {
  constexpr std::string_view kPattern = "HTTP/1.d ddd";  // d is any digit
  const char c = text[i];
  if (i < kPattern.size()) {
    return kPattern[i] == 'd' ? is_digit(c) : c == kPattern[i];
  }
  if (text[i - 1] == '\r') {
    return c == '\n';
  }
  return i == kPattern.size() ? c == ' ' || c == '\r' || c == '\n' : c != '\0';
}

bool parse_number(std::string_view text, int base, std::uint64_t& number) {
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number, base);
  return error == std::errc() && stop == end &&
         number <= std::numeric_limits<std::int64_t>::max();
}
