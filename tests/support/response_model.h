// A second, deliberately simple reading of a response, to judge Response by.
//
// It has all the bytes at once and follows RFC 9112 section by section, with
// no thought of splits, memory or speed.
#pragma once

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "common/http/response.h"

struct Reading {
  enum End { kComplete, kHeadEndsEarly, kBodyEndsEarly, kRefused };
  End end = kComplete;
  int status = 0;
  std::string reason;
  std::string body;

  // Whether `response`, fed the same bytes and then the end of the stream, says
  // the same. `error` is what it threw, without the phase, or "".
  bool agrees(const Response& response, const std::string& error) const {
    if (end == kComplete) {
      return response.complete() && error.empty() &&
             response.status() == status && response.reason() == reason &&
             response.bytes() == body.size();
    }
    // It may know that a head is bad before it has all of it.
    const bool cut_short = error.starts_with("incomplete: ");
    return !response.complete() && !error.empty() &&
           (end == kHeadEndsEarly || cut_short == (end == kBodyEndsEarly));
  }
};

class ResponseModel {
 public:
  // Reads `text`, after which the stream has ended.
  static Reading read(const std::string& text, std::uint64_t max_size) {
    ResponseModel model(text, max_size);
    try {
      model.read_response();
    } catch (Reading::End end) {
      model.reading_.end = end;
    }
    return model.reading_;
  }

 private:
  using Fields = std::vector<std::pair<std::string, std::string>>;

  ResponseModel(std::string text, std::uint64_t max_size)
      : rest_(std::move(text)), max_size_(max_size) {}

  static void require(bool good, Reading::End otherwise = Reading::kRefused) {
    if (!good) {
      throw otherwise;
    }
  }

  std::string take(std::uint64_t size) {
    const auto count =
        static_cast<std::size_t>(std::min<std::uint64_t>(size, rest_.size()));
    const std::string taken = rest_.substr(0, count);
    rest_.erase(0, count);
    return taken;
  }

  // Section 2.2: a line ends in CRLF or LF, and holds no other CR. `left` is
  // how many bytes the part of the response that it belongs to may still have.
  std::string take_line(Reading::End when_cut, std::size_t& left) {
    const std::size_t newline = rest_.find('\n');
    const bool whole = newline != std::string::npos;
    const std::size_t size = whole ? newline + 1 : rest_.size();
    require(size <= kMaxLine && size <= left);
    require(whole, when_cut);
    left -= size;
    std::string line = take(size);
    line.pop_back();
    if (!line.empty() && line.back() == '\r') {
      line.pop_back();
    }
    require(line.find('\r') == line.npos && line.find('\0') == line.npos);
    return line;
  }

  static bool only(const std::string& text, const std::string& characters) {
    return text.find_first_not_of(characters) == text.npos;
  }

  // Section 4.
  static bool is_status_line(const std::string& line) {
    return line.size() >= 12 && line.substr(0, 7) == "HTTP/1." &&
           only(line.substr(7, 1) + line.substr(9, 3), kDigits) &&
           line[8] == ' ' && line[9] != '0' &&
           (line.size() == 12 || line[12] == ' ') &&
           line.find('\r') == line.npos && line.find('\0') == line.npos;
  }

  // A line that was cut off is refused if no end makes it right.
  bool may_become_status_line() const {
    const std::string right = "HTTP/1.1 200 OK";
    bool may = rest_.ends_with('\r') &&
               is_status_line(rest_.substr(0, rest_.size() - 1));
    for (std::size_t i = 0; i <= right.size(); ++i) {
      may = may || is_status_line(rest_ + right.substr(i));
    }
    return may;
  }

  void read_status_line() {
    if (rest_.find('\n') == rest_.npos) {
      require(may_become_status_line());
    }
    const std::string line = take_line(Reading::kHeadEndsEarly, head_left_);
    require(is_status_line(line));
    reading_.status = std::stoi(line.substr(9, 3));
    reading_.reason = line.substr(std::min<std::size_t>(13, line.size()));
  }

  // Section 5, names in lower case.
  Fields read_fields() {
    Fields fields;
    for (;;) {
      const std::string line = take_line(Reading::kHeadEndsEarly, head_left_);
      if (line.empty()) {
        return fields;
      }
      if (line[0] == ' ' || line[0] == '\t') {
        require(!fields.empty());
        fields.back().second += " " + line;
      } else {
        const std::size_t colon = line.find(':');
        require(colon != 0 && colon != line.npos);
        const std::string name = lower(line.substr(0, colon));
        require(only(name, kDigits + kLetters + "!#$%&'*+-.^_`|~"));
        fields.emplace_back(name, line.substr(colon + 1));
      }
    }
  }

  static std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), ::tolower);
    return text;
  }

  // RFC 9110 section 5.2: fields of one name are one list.
  static std::vector<std::string> list(const Fields& fields,
                                       const std::string& name) {
    std::vector<std::string> members;
    for (const auto& [field, value] : fields) {
      std::string rest = value + ",";
      while (field == name && !rest.empty()) {
        std::string member = rest.substr(0, rest.find(','));
        rest.erase(0, member.size() + 1);
        member.erase(0, member.find_first_not_of(" \t"));
        member.erase(member.find_last_not_of(" \t") + 1);
        members.push_back(member);
      }
    }
    return members;
  }

  static std::uint64_t number(const std::string& text, int base) {
    const std::string digits = kDigits + (base == 10 ? "" : "abcdefABCDEF");
    require(!text.empty() && only(text, digits));
    try {
      return static_cast<std::uint64_t>(std::stoll(text, nullptr, base));
    } catch (const std::out_of_range&) {
      throw Reading::kRefused;
    }
  }

  // Section 7.1.
  void read_chunks() {
    for (;;) {
      const std::string line = take_chunk_line();
      const std::size_t end = line.find_first_of(" \t;");
      const std::size_t after = line.find_first_not_of(" \t", end);
      require(end == line.npos || after == line.npos || line[after] == ';');
      const std::uint64_t size = number(line.substr(0, end), 16);
      if (size == 0) {
        break;
      }
      const std::string part = take(size);
      reading_.body += part;
      require(reading_.body.size() <= max_size_);
      require(part.size() == size, Reading::kBodyEndsEarly);
      require(take_chunk_line().empty());
    }
    std::size_t left = kMaxHead;
    while (!take_line(Reading::kBodyEndsEarly, left).empty()) {
    }
  }

  std::string take_chunk_line() {
    std::size_t left = kMaxLine;
    return take_line(Reading::kBodyEndsEarly, left);
  }

  // Section 6.3.
  void read_response() {
    for (;;) {
      read_status_line();
      const Fields fields = read_fields();
      require(reading_.status != 101);
      if (reading_.status / 100 == 1) {
        continue;
      }
      if (reading_.status == 204 || reading_.status == 304) {
        return;
      }
      auto codings = list(fields, "transfer-encoding");
      std::erase_if(codings, [](const std::string& coding) {
        return coding.empty() || lower(coding) == "identity";
      });
      for (const std::string& coding : codings) {
        require(codings.size() == 1 && lower(coding) == "chunked");
      }
      const auto lengths = list(fields, "content-length");
      for (const std::string& length : lengths) {
        require(number(length, 10) == number(lengths[0], 10));
      }
      if (!codings.empty()) {
        return read_chunks();
      } else if (!lengths.empty()) {
        const std::uint64_t length = number(lengths[0], 10);
        require(length <= max_size_);
        reading_.body = take(length);
        return require(reading_.body.size() == length, Reading::kBodyEndsEarly);
      } else {
        reading_.body = rest_;
        return require(reading_.body.size() <= max_size_);
      }
    }
  }

  // The limits that we set ourselves, in bytes.
  static constexpr std::size_t kMaxLine = 65536;
  static constexpr std::size_t kMaxHead = 262144;
  static inline const std::string kDigits = "0123456789";
  static inline const std::string kLetters = "abcdefghijklmnopqrstuvwxyz";

  std::string rest_;
  const std::uint64_t max_size_;
  std::size_t head_left_ = kMaxHead;
  Reading reading_;
};
