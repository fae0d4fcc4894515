#include "common/base/escape.h"

#include <cctype>
#include <cstdio>
#include <cstdlib>

namespace {

// How many bytes the UTF-8 character at the start of `text` takes (RFC 3629
// section 4), or 0 when there is none. `text` is not empty.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [text](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const unsigned lead = byte(0);
  const std::size_t length = lead < 0x80                    ? 1
                             : lead >= 0xC2 && lead <= 0xDF ? 2
                             : (lead & 0xF0U) == 0xE0       ? 3
                             : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                            : 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) {
      return 0;
    }
  }
  const bool overlong =
      (lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xF0 && byte(1) < 0x90);
  const bool surrogate = lead == 0xED && byte(1) >= 0xA0;
  const bool too_large = lead == 0xF4 && byte(1) >= 0x90;
  return overlong || surrogate || too_large ? 0 : length;
}

// The code point of the character of `length` bytes that valid `text` begins
// with.
unsigned code_point(std::string_view text, std::size_t length) {
  const auto lead = static_cast<unsigned char>(text[0]);
  unsigned point = length == 1 ? lead : lead & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    point = point << 6 | (static_cast<unsigned char>(text[i]) & 0x3FU);
  }
  return point;
}

// What isn't shown but obeyed: C0, DEL and C1; marks, embeddings, overrides and
// isolates of bidirectional text; separators of lines and paragraphs; the
// byte-order mark.
bool is_obeyed(unsigned point) {
  return point < 0x20 || (point >= 0x7F && point < 0xA0) || point == 0x61C ||
         point == 0x200E || point == 0x200F ||
         (point >= 0x2028 && point <= 0x202E) ||
         (point >= 0x2066 && point <= 0x2069) || point == 0xFEFF;
}

std::string hex(const char* format, unsigned number) {
  char text[16];
  std::snprintf(text, sizeof text, format, number);
  return text;
}

}  // namespace

bool locale_is_utf8() {
  for (const char* const name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* const value = std::getenv(name);
    if (value != nullptr && *value != '\0') {
      std::string charset;  // "en_US.UTF-8" and "C.utf8" name the same one
      for (const char* c = value; *c != '\0'; ++c) {
        if (*c != '-') {
          charset +=
              static_cast<char>(std::tolower(static_cast<unsigned char>(*c)));
        }
      }
      return charset.find("utf8") != charset.npos;
    }
  }
  return false;
}

std::string escape(std::string_view text, bool utf8) {
  std::string shown;
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const std::string_view next = text.substr(0, length == 0 ? 1 : length);
    if (length == 0 || (length > 1 && !utf8) ||
        is_obeyed(code_point(next, length))) {
      for (const char byte : next) {
        shown += hex("\\x%02x", static_cast<unsigned char>(byte));
      }
    } else {
      shown += next;
    }
    text.remove_prefix(next.size());
  }
  return shown;
}

std::string json_string(std::string_view text) {
  const auto is_plain = [](char c) {
    return c >= ' ' && c < 0x7F && c != '"' && c != '\\';
  };
  std::string quoted = "\"";
  while (!text.empty()) {
    std::size_t plain = 0;
    while (plain < text.size() && is_plain(text[plain])) {
      ++plain;
    }
    if (plain > 0) {  // as nearly always: all at once
      quoted += text.substr(0, plain);
      text.remove_prefix(plain);
      continue;
    }
    const std::size_t length = utf8_length(text);
    const unsigned point = length == 0 ? 0xFFFD : code_point(text, length);
    if (length == 0) {
      quoted += "\xEF\xBF\xBD";
    } else if (point == '"' || point == '\\') {
      quoted += {'\\', text[0]};
    } else if (is_obeyed(point)) {  // all of them have four digits
      quoted += hex("\\u%04x", point);
    } else {
      quoted += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return quoted + '"';
}
