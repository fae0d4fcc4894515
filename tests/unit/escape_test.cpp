#include "common/base/escape.h"

#include <gtest/gtest.h>
#include <stdlib.h>

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
    EXPECT_EQ(escape("a" + character + "b", true), "a" + character + "b");
    const std::string ascii =
        character.size() == 1 ? character : hex(character);
    EXPECT_EQ(escape("a" + character + "b", false), "a" + ascii + "b");
    EXPECT_EQ(json_string(character + "b"), "\"" + character + "b\"");
  }
  EXPECT_EQ(escape(""), "");
  EXPECT_EQ(escape("\\x \"'"), "\\x \"'");
}

TEST(Escape, ShowsControlCharactersByTheirBytes) {
  for (int code = 0; code < 0xA0; code = code == 0x1F ? 0x7F : code + 1) {
    const char byte = static_cast<char>(code);
    const std::string c = code < 0x80 ? ""s + byte : "\xC2"s + byte;
    EXPECT_EQ(escape("a" + c + "b", true), "a" + hex(c) + "b");
    EXPECT_EQ(escape("a" + c + "b", false), "a" + hex(c) + "b");
  }
}

// What changes the order of what is shown, ends a line, or is seen by nobody;
// and what stands beside it.
TEST(Escape, ShowsWhatATerminalObeysByItsBytes) {
  const std::vector<std::pair<std::string, std::string>> obeyed = {
      {"\xD8\x9C", "061c"},     {"\xE2\x80\x8E", "200e"},
      {"\xE2\x80\x8F", "200f"}, {"\xE2\x80\xA8", "2028"},
      {"\xE2\x80\xA9", "2029"}, {"\xE2\x80\xAA", "202a"},
      {"\xE2\x80\xAE", "202e"}, {"\xE2\x81\xA6", "2066"},
      {"\xE2\x81\xA9", "2069"}, {"\xEF\xBB\xBF", "feff"}};
  for (const auto& [character, point] : obeyed) {
    EXPECT_EQ(escape("a" + character + "b", true), "a" + hex(character) + "b");
    EXPECT_EQ(json_string("a" + character + "b"), "\"a\\u" + point + "b\"");
  }
  for (const char* const shown :
       {"\xD8\x9B", "\xD8\x9D", "\xE2\x80\x8D", "\xE2\x80\x90", "\xE2\x80\xA7",
        "\xE2\x80\xAF", "\xE2\x81\xA5", "\xE2\x81\xAA", "\xEF\xBB\xBE"}) {
    EXPECT_EQ(escape(shown, true), shown);
  }
}

TEST(Escape, ShowsWhatIsNotUtf8ByItsBytesOrAsReplaced) {
  for (const std::string& bytes : kInvalid) {
    EXPECT_EQ(escape(bytes, true), hex(bytes));
    EXPECT_EQ(escape(bytes, false), hex(bytes));
    EXPECT_EQ(escape("a" + bytes + "\xC3\xA9", true),
              "a" + hex(bytes) + "\xC3\xA9");
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

// In a process of its own: the environment is everybody's.
TEST(Locale, IsUtf8IfTheFirstVariableThatIsSetSaysSo) {
  const struct {
    const char* all;  // null: not set
    const char* ctype;
    const char* lang;
    bool expected;
  } environments[] = {
      {nullptr, nullptr, nullptr, false},
      {nullptr, nullptr, "en_US.UTF-8", true},
      {nullptr, nullptr, "C.utf8", true},
      {nullptr, nullptr, "de_DE.UTF-8@euro", true},
      {nullptr, nullptr, "en_US", false},
      {nullptr, nullptr, "C", false},
      {nullptr, "de_DE.ISO-8859-1", "en_US.UTF-8", false},
      {nullptr, "C.UTF-8", "C", true},
      {"POSIX", "C.UTF-8", "C.UTF-8", false},
      {"C.UTF-8", "C", "C", true},
      {"", "", "C.UTF-8", true},
  };
  const auto set = [](const char* name, const char* value) {
    value == nullptr ? unsetenv(name) : setenv(name, value, 1);
  };
  for (const auto& environment : environments) {
    const auto is_as_expected = [&] {
      set("LC_ALL", environment.all);
      set("LC_CTYPE", environment.ctype);
      set("LANG", environment.lang);
      return locale_is_utf8() == environment.expected;
    };
    EXPECT_EXIT(std::_Exit(is_as_expected() ? 0 : 1),
                testing::ExitedWithCode(0), "")
        << &environment - environments;
  }
}

}  // namespace
