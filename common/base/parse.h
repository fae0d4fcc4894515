// Reads numbers, and what stands before a separator, off a text.
#pragma once

#include <charconv>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>
#include <system_error>

// The number that `text` is, all of it, or nothing: there may be no space, no
// plus, and no minus before an unsigned one. Only for integers: not all
// standard libraries can read a double this way.
template <typename Number>
std::optional<Number> parse_number(std::string_view text, int base = 10) {
  Number number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number, base);
  if (error != std::errc() || stop != end) {
    return std::nullopt;
  }
  return number;
}

// Takes what stands before the first of `separators` off `rest`, or all of it
// if there is none. The separator itself stays.
inline std::string_view take_until(std::string_view& rest,
                                   std::string_view separators) {
  const std::string_view taken = rest.substr(0, rest.find_first_of(separators));
  rest.remove_prefix(taken.size());
  return taken;
}

// The same, and takes the separator too, without returning it.
inline std::string_view take_past(std::string_view& rest, char separator) {
  const std::string_view taken = take_until(rest, {&separator, 1});
  rest.remove_prefix(rest.empty() ? 0 : 1);
  return taken;
}

// The seconds that `text` says, such as "30", "0.25" or "1e-3", cut to whole
// nanoseconds; what is longer than ten thousand days counts as that. Nothing if
// it isn't a number, or is below 0.
std::optional<std::chrono::nanoseconds> parse_seconds(std::string_view text);
