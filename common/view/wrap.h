// Makes text fit into the columns of a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

// ASCII `text` in up to `columns`, two at least; of a longer one the middle is
// left out.
std::string shortened(const std::string& text, std::size_t columns);

// `words`, with `gap` between them, in lines of up to `columns` that begin with
// `indent` blanks. A word of UTF-8 is as wide as it has characters, and one
// that is too wide for any line gets its own.
std::string wrapped(const std::vector<std::string>& words, std::string_view gap,
                    std::size_t indent, std::size_t columns);
