#include "common/http/quick_head.h"

#include <algorithm>
#include <cstring>

#include "common/http/http_syntax.h"

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// What isn't read yet. Every take_ returns whether it was there, and leaves
// nothing of use if not.
class Rest {
 public:
  explicit Rest(std::string_view text)
      : next_(text.data()), end_(text.data() + text.size()) {}

  const char* next() const { return next_; }

  // "HTTP/1.1 200 ", of which `status` is the number.
  bool take_status(std::uint16_t& status) {
    constexpr std::string_view kVersion = "HTTP/1.";
    constexpr std::size_t kSize = 13;
    const char* const text = next_;
    if (end_ - text < static_cast<std::ptrdiff_t>(kSize) ||
        std::memcmp(text, kVersion.data(), kVersion.size()) != 0 ||
        !is_digit(text[7]) || text[8] != ' ' || !is_digit(text[9]) ||
        !is_digit(text[10]) || !is_digit(text[11]) || text[12] != ' ') {
      return false;
    }
    status = static_cast<std::uint16_t>(
        (text[9] - '0') * 100 + (text[10] - '0') * 10 + (text[11] - '0'));
    next_ += kSize;
    return true;
  }

  // The name of a field and its colon.
  bool take_name(std::string_view& name) {
    const char* const colon = std::find_if_not(next_, end_, is_token_byte);
    name = std::string_view(next_, static_cast<std::size_t>(colon - next_));
    if (name.empty() || colon == end_ || *colon != ':') {
      return false;
    }
    next_ = colon + 1;
    return true;
  }

  // The rest of a line, and its end.
  bool take_line(std::string_view& text) {
    const char* const stop = std::find_if(next_, end_, [](char c) {
      return static_cast<unsigned char>(c) <= '\r' &&
             (c == '\n' || c == '\r' || c == '\0');
    });
    text = std::string_view(next_, static_cast<std::size_t>(stop - next_));
    next_ = stop;
    return take_line_end();
  }

  // Nothing more on this line. Takes nothing if there is.
  bool take_line_end() {
    if (end_ - next_ < 2 || next_[0] != '\r' || next_[1] != '\n') {
      return false;
    }
    next_ += 2;
    return true;
  }

 private:
  const char* next_;
  const char* end_;
};

// A number that can't be too large to be one.
bool read_length(std::string_view digits, std::uint64_t& length) {
  length = 0;
  for (const char c : digits) {
    if (!is_digit(c)) {
      return false;
    }
    length = length * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return !digits.empty() && digits.size() <= 18;
}

}  // namespace

QuickHead::QuickHead(std::string_view bytes) {
  Rest rest(bytes.substr(0, kMost));
  if (!rest.take_status(status) || status < 200 || !rest.take_line(reason)) {
    return;
  }
  while (!rest.take_line_end()) {
    std::string_view name;
    std::string_view value;
    if (!rest.take_name(name) || !rest.take_line(value)) {
      return;
    }
    if (name == "Content-Length" ||  // as nearly all have it
        equal_ignoring_case(name, "content-length")) {
      if (length != kNoLength || !read_length(trim(value), length)) {
        return;
      }
    } else if (equal_ignoring_case(name, "transfer-encoding")) {
      return;
    }
  }
  size = static_cast<std::size_t>(rest.next() - bytes.data());
}
