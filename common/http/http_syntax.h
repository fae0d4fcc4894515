// The grammar of HTTP, piece by piece: what a line of a response may hold.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
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

// Whether a line, without its end, has a NUL or a CR (RFC 9112 section 2.2).
inline bool has_forbidden_byte(std::string_view line) {
  return line.find('\r') != line.npos || line.find('\0') != line.npos;
}

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
std::size_t token_length(std::string_view text);

// Where the first byte is, from `from` on, that a status line can't have there
// (RFC 9112 section 4), or text.size() if it can begin with `text`. What is
// before `from` has been judged.
std::size_t status_line_length(std::string_view text, std::size_t from);

// Reads a number that consists of digits only and is at most 2^63 - 1. Returns
// whether `text` is one.
bool parse_number(std::string_view text, int base, std::uint64_t& number);

// Foreign bytes for an error message: in quotes, escaped, and not too many.
std::string quoted(std::string_view foreign);
