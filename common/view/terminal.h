// What there is to know about whoever reads standard output.
#pragma once

#include <cstddef>

// Whether standard output is a terminal.
bool output_is_terminal();

// How many columns standard output has: the terminal's (TIOCGWINSZ), or 80
// where there is no terminal or it doesn't say.
std::size_t output_columns();

// Whether the locale's characters are UTF-8: the first of LC_ALL, LC_CTYPE and
// LANG that is set and not empty says so (POSIX, chapter 8.2), whether or not
// such a locale is installed here: it is the terminal that draws.
bool locale_is_utf8();
