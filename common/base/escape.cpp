#include "common/base/escape.h"

#include <cstdio>

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

// Whether valid `text` begins with a C0, DEL or C1: what a terminal obeys
// instead of showing.
bool is_control(std::string_view text) {
  const auto byte = static_cast<unsigned char>(text[0]);
  return byte < 0x20 || byte == 0x7F ||
         (byte == 0xC2 && static_cast<unsigned char>(text[1]) < 0xA0);
}

std::string hex(const char* format, char byte) {
  char text[8];
  std::snprintf(text, sizeof text, format, static_cast<unsigned char>(byte));
  return text;
}

}  // namespace

std::string escape(std::string_view text) {
  std::string shown;
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const std::string_view next = text.substr(0, length == 0 ? 1 : length);
    if (length == 0 || is_control(next)) {
      for (const char byte : next) {
        shown += hex("\\x%02x", byte);
      }
    } else {
      shown += next;
    }
    text.remove_prefix(next.size());
  }
  return shown;
}

std::string json_string(std::string_view text) {
  std::string quoted = "\"";
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) {
      quoted += "\xEF\xBF\xBD";
    } else if (text[0] == '"' || text[0] == '\\') {
      quoted += {'\\', text[0]};
    } else if (is_control(text)) {  // of a C1, the last byte is the code point
      quoted += hex("\\u%04x", text[length - 1]);
    } else {
      quoted += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return quoted + '"';
}
