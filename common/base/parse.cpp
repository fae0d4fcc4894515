#include "common/base/parse.h"

#include <algorithm>
#include <cstdint>
#include <string>

// In whole numbers: doubles differ in their last digits between machines.
std::optional<std::chrono::nanoseconds> parse_seconds(std::string_view text) {
  constexpr std::chrono::nanoseconds kLongest = std::chrono::hours(24 * 10'000);
  constexpr std::int64_t kDigits = 18;  // of kLongest
  std::string_view exponent = text;
  std::string_view fraction = take_until(exponent, "eE");
  const std::string_view whole = take_past(fraction, '.');
  std::string digits(whole);
  digits += fraction;
  std::optional<int> shift = 0;
  if (!exponent.empty()) {
    exponent.remove_prefix(exponent.substr(1, 1) == "+" ? 2 : 1);
    shift = parse_number<int>(exponent);
  }
  if (digits.empty() || digits.find_first_not_of("0123456789") != digits.npos ||
      !shift || text.find("+-") != text.npos) {
    return std::nullopt;
  }
  const std::size_t zeros =
      std::min(digits.find_first_not_of('0'), digits.size());
  digits.erase(0, zeros);
  // How many of the digits, the first of them not 0, are whole nanoseconds.
  const std::int64_t count = static_cast<std::int64_t>(whole.size()) -
                             static_cast<std::int64_t>(zeros) + *shift + 9;
  if (digits.empty() || count <= 0) {
    return std::chrono::nanoseconds(0);
  }
  if (count > kDigits) {
    return kLongest;
  }
  digits.resize(static_cast<std::size_t>(count), '0');
  const auto number = parse_number<std::int64_t>(digits);
  return std::min(kLongest, std::chrono::nanoseconds(number.value()));
}
