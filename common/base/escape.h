// The one place that makes foreign bytes fit to show.
#pragma once

#include <string>
#include <string_view>

// For a terminal or a log: control characters and whatever isn't valid UTF-8
// become \xNN, byte by byte. The rest stays as it is.
std::string escape(std::string_view text);

// A JSON string with its quotes (RFC 8259 section 7). Bytes that aren't valid
// UTF-8 become U+FFFD.
std::string json_string(std::string_view text);
