// What there is to know about whoever reads what is printed.
#pragma once

#include <cstddef>

// Whether standard output is a terminal.
bool output_is_terminal();

// How many columns the terminal has that is open as `fd` (TIOCGWINSZ), or 80
// where there is none or it doesn't say.
std::size_t columns_of(int fd);
