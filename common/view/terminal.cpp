#include "common/view/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cctype>
#include <cstdlib>
#include <string>

bool output_is_terminal() {
  return isatty(STDOUT_FILENO) == 1;
}

std::size_t output_columns() {
  winsize size = {};
  const bool known =
      ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col != 0;
  return known ? size.ws_col : 80;
}

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
