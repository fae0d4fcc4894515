#include "common/view/terminal.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <string>

namespace {

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
