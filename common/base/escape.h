// The one place that makes foreign bytes fit to show.
#pragma once

#include <string>
#include <string_view>

// Whether the locale's characters are UTF-8: the first of LC_ALL, LC_CTYPE and
// LANG that is set and not empty says so (POSIX, chapter 8.2), whether or not
// such a locale is installed here: it is the terminal that draws.
bool locale_is_utf8();

// For a terminal or a log. Bytes become \xNN that a terminal would obey instead
// of showing them (controls), or that would change the order of what is shown
// (bidirectional formatting, Unicode TR 36), or end a line; so does whatever
// isn't valid UTF-8, and every byte above 0x7F where the locale isn't UTF-8.
// The rest stays as it is.
std::string escape(std::string_view text, bool utf8 = locale_is_utf8());

// A JSON string with its quotes (RFC 8259 section 7). What escape() wouldn't
// show becomes \uNNNN; bytes that aren't valid UTF-8 become U+FFFD.
std::string json_string(std::string_view text);
