// The grammar of HTTP, piece by piece: what a line of a response may hold.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// Space or tab: the white space that HTTP has (RFC 9110 section 5.6.3).
bool is_blank(char c);
std::string_view trim(std::string_view text);

bool equal_ignoring_case(std::string_view text, std::string_view lower_case);

// Whether `text` can be the name of a field (RFC 9110 section 5.6.2).
bool is_token(std::string_view text);

// Whether a status line can go on with `text[i]`, if all before it was right
// (RFC 9112 section 4): a wrong one is known by its first wrong byte.
bool fits_status_line(std::string_view text, std::size_t i);

// Reads a number that consists of digits only and is at most 2^63 - 1. Returns
// whether `text` is one.
bool parse_number(std::string_view text, int base, std::uint64_t& number);

// Foreign bytes for an error message: in quotes, escaped, and not too many.
std::string quoted(std::string_view foreign);
