#include "common/http/http_syntax.h"

#include <algorithm>
#include <limits>

#include "common/base/escape.h"
#include "common/base/parse.h"

std::string quoted(std::string_view foreign) {
  constexpr std::size_t kShown = 40;
  const bool cut = foreign.size() > kShown;
  return "'" + escape(foreign.substr(0, kShown)) + (cut ? "...'" : "'");
}

namespace {

// 0x80 in each byte of `bytes` that is as large as that of `least`, or larger.
// None of the bytes may have its high bit set: it is what they can borrow from.
Eight at_least(Eight bytes, Eight least) {
  return ((bytes | kHighBits) - least) & kHighBits;
}

bool all_between(const char* text, const char* least, const char* most) {
  const Eight bytes = eight_at(text);
  return (bytes & kHighBits) == 0 &&
         (at_least(bytes, eight_at(least)) & at_least(eight_at(most), bytes)) ==
             kHighBits;
}

}  // namespace

std::size_t forbidden_byte(std::string_view text, std::size_t from) {
  std::size_t i = first_control(text, from);
  while (i < text.size() && text[i] != '\0' &&
         (text[i] != '\r' || i + 1 == text.size() || text[i + 1] == '\n')) {
    i = first_control(text, i + 1);
  }
  return i;
}

std::size_t status_line_length(std::string_view text, std::size_t from) {
  constexpr std::string_view kLeast = "HTTP/1.0 100";
  constexpr std::string_view kMost = "HTTP/1.9 999";
  const std::size_t head = std::min(kLeast.size(), text.size());
  std::size_t i = from;
  if (i == 0 && head == 12 &&
      all_between(text.data(), kLeast.data(), kMost.data()) &&
      all_between(text.data() + 4, kLeast.data() + 4, kMost.data() + 4)) {
    i = head;  // as nearly always
  }
  while (i < head && text[i] >= kLeast[i] && text[i] <= kMost[i]) {
    ++i;
  }
  if (i < head) {
    return i;
  }
  if (i == text.size()) {
    return i;
  }
  if (text[head] != ' ' && text[head] != '\r' && text[head] != '\n') {
    return head;
  }
  // The byte before `from` may be a CR, which was good until one came after it.
  const std::size_t end = forbidden_byte(text, std::max(i, head + 1) - 1);
  return end < text.size() && text[end] == '\r' ? end + 1 : end;
}

std::optional<std::uint64_t> parse_size(std::string_view text, int base) {
  const auto size = parse_number<std::uint64_t>(text, base);
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
  return size && *size > kMost ? std::nullopt : size;
}
