#include "common/base/escape.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

using std::string_literals::operator""s;

// The first and last characters of each length, and those beside a gap.
// clang-format off
const std::vector<std::string> kCharacters = {
    " ", "~", "\xC2\xA0", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF",
    "\xEE\x80\x80", "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"};

// No byte of these belongs to a character (RFC 3629 section 3): continuations
// of nothing, overlong ones, surrogates, beyond U+10FFFF, no lead, cut short.
const std::vector<std::string> kInvalid = {
    "\x80", "\xBF\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF",
    "\xF0\x8F\xBF\xBF", "\xED\xA0\x80", "\xED\xBF\xBF", "\xF4\x90\x80\x80",
    "\xF5\x80\x80\x80", "\xF8\x88\x80\x80\x80", "\xFE", "\xFF", "\xC3",
    "\xE2\x82", "\xF0\x9F\x98"};

// clang-format on
std::string hex(const std::string& bytes) {
  constexpr const char* kDigits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += {'\\', 'x', kDigits[byte / 16], kDigits[byte % 16]};
  }
  return text;
}

TEST(Escape, LeavesTextAsItIs) {
  for (const std::string& character : kCharacters) {
    EXPECT_EQ(escape("a" + character + "b"), "a" + character + "b");
    EXPECT_EQ(json_string(character + "b"), "\"" + character + "b\"");
  }
  EXPECT_EQ(escape(""), "");
  EXPECT_EQ(escape("\\x \"'"), "\\x \"'");
}

TEST(Escape, ShowsControlCharactersByTheirBytes) {
  for (int code = 0; code < 0xA0; code = code == 0x1F ? 0x7F : code + 1) {
    const char byte = static_cast<char>(code);
    const std::string c = code < 0x80 ? ""s + byte : "\xC2"s + byte;
    EXPECT_EQ(escape("a" + c + "b"), "a" + hex(c) + "b");
  }
}

TEST(Escape, ShowsWhatIsNotUtf8ByItsBytesOrAsReplaced) {
  for (const std::string& bytes : kInvalid) {
    EXPECT_EQ(escape(bytes), hex(bytes));
    EXPECT_EQ(escape("a" + bytes + "\xC3\xA9"), "a" + hex(bytes) + "\xC3\xA9");
    std::string replaced;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      replaced += "\xEF\xBF\xBD";  // U+FFFD
    }
    EXPECT_EQ(json_string("a" + bytes + "b"), "\"a" + replaced + "b\"");
    EXPECT_EQ(json_string(bytes), "\"" + replaced + "\"");
  }
}

TEST(Escape, WritesNothingThatJsonMustNotHold) {
  EXPECT_EQ(json_string(""), "\"\"");
  EXPECT_EQ(json_string("a\"b\\c/d"), R"("a\"b\\c/d")");
  for (int code = 0; code < 0x20; ++code) {  // RFC 8259 section 7
    const std::string c(1, static_cast<char>(code));
    EXPECT_EQ(json_string(c), "\"\\u00" + hex(c).substr(2) + "\"");
  }
}

}  // namespace
