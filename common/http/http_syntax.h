// The grammar of HTTP, piece by piece: what a line of a response may hold.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

// Space or tab: the white space that HTTP has (RFC 9110 section 5.6.3).
inline bool is_blank(char c) {
  return c == ' ' || c == '\t';
}
inline std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) {
    text.remove_prefix(1);
  }
  while (!text.empty() && is_blank(text.back())) {
    text.remove_suffix(1);
  }
  return text;
}

inline bool equal_ignoring_case(std::string_view text,
                                std::string_view lower_case) {
  return text.size() == lower_case.size() &&
         std::equal(
             text.begin(), text.end(), lower_case.begin(), [](char a, char b) {
               return a == b || (a >= 'A' && a <= 'Z' && a - 'A' + 'a' == b);
             });
}

// The index of the first byte that no line may have (RFC 9112 section 2.2): a
// NUL, or a CR that is followed by something else than LF. If there is none, or
// only before `from`, text.size().
std::size_t forbidden_byte(std::string_view text, std::size_t from = 0);

// Which bytes a token can have (RFC 9110 section 5.6.2), by their value.
inline constexpr auto kTokenBytes = [] {
  std::array<bool, 256> table = {};
  for (const char c : std::string_view("!#$%&'*+-.^_`|~0123456789"
                                       "abcdefghijklmnopqrstuvwxyz"
                                       "ABCDEFGHIJKLMNOPQRSTUVWXYZ")) {
    table[static_cast<unsigned char>(c)] = true;
  }
  return table;
}();

inline bool is_token_byte(char c) {
  return kTokenBytes[static_cast<unsigned char>(c)];
}

// How many bytes at the start of `text` can be the name of a field, a
// token.
inline std::size_t token_length(std::string_view text) {
  std::size_t length = 0;
  while (length < text.size() && is_token_byte(text[length])) {
    ++length;
  }
  return length;
}

// Eight bytes, to be looked at all at once.
using Eight = std::uint64_t;
inline constexpr Eight kHighBits = 0x8080808080808080;

inline Eight eight_at(const char* bytes) {
  Eight word;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

// The index of the first byte, from `from` on, that is a CR or less, as LF and
// NUL are; text.size() if there is none.
inline std::size_t first_control(std::string_view text, std::size_t from = 0) {
  constexpr Eight kAboveCr = kHighBits / 0x80 * ('\r' + 1);
  while (from + 8 <= text.size()) {
    // A byte of at most CR borrows, which sets its high bit. (So may a larger
    // one, from the bytes below it: of what is found only the lowest is sure.)
    const Eight eight = eight_at(text.data() + from);
    const Eight found = (eight - kAboveCr) & ~eight & kHighBits;
    if (found != 0) {
      if (std::endian::native == std::endian::little) {
        from += static_cast<std::size_t>(std::countr_zero(found)) / 8;
      }
      break;
    }
    from += 8;
  }
  while (from < text.size() && static_cast<unsigned char>(text[from]) > '\r') {
    ++from;
  }
  return from;
}

// The index of the first byte that can't stand there in a status line (RFC 9112
// section 4), or text.size() if a status line can begin with `text`. The bytes
// before `from` are known to be good.
std::size_t status_line_length(std::string_view text, std::size_t from);

// The number of bytes that `text` says: digits only, and at most 2^63 - 1.
std::optional<std::uint64_t> parse_size(std::string_view text, int base);

// Foreign bytes for an error message: in quotes, escaped, and not too many.
std::string quoted(std::string_view foreign);
