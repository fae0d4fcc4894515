// A second, deliberately simple reading of a response, to judge Response by.
//
// It has all the bytes at once and follows RFC 9112 section by section, with
// no thought of splits, memory or speed. Limits other than max_size are left
// out.
#pragma once

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <regex>
#include <string>
#include <utility>
#include <vector>

struct Reading {
  enum End { kComplete, kHeadEndsEarly, kBodyEndsEarly, kRefused };
  End end = kComplete;
  int status = 0;
  std::string reason;
  std::string body;
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
    const std::string taken = rest_.substr(0, size);
    rest_.erase(0, size);
    return taken;
  }

  // Section 2.2: a line ends in CRLF or LF, and holds no other CR.
  std::string take_line(Reading::End when_cut) {
    const std::size_t newline = rest_.find('\n');
    require(newline != std::string::npos, when_cut);
    std::string line = take(newline + 1);
    line.pop_back();
    if (!line.empty() && line.back() == '\r') {
      line.pop_back();
    }
    require(line.find('\r') == line.npos && line.find('\0') == line.npos);
    return line;
  }

  // Section 4. A line that was cut off is refused if no end makes it right.
  void read_status_line() {
    static const std::regex right("HTTP/1\\.[0-9] ([0-9]{3})( ([^\\r\\n]*))?");
    const std::string end = "HTTP/1.1 200 OK\r\n";
    if (rest_.find('\n') == rest_.npos) {
      for (std::size_t i = 0; i < end.size(); ++i) {
        const Reading whole = read(rest_ + end.substr(i), 0);
        require(whole.end != Reading::kHeadEndsEarly, Reading::kHeadEndsEarly);
      }
      throw Reading::kRefused;
    }
    const std::string line = take_line(Reading::kHeadEndsEarly);
    std::smatch match;
    require(std::regex_match(line, match, right));
    reading_.status = std::stoi(match[1]);
    reading_.reason = match[3];
  }

  // Section 5, names in lower case.
  Fields read_fields() {
    static const std::regex right("([!#$%&'*+.^_`|~0-9A-Za-z-]+):([^\\n]*)");
    Fields fields;
    for (;;) {
      const std::string line = take_line(Reading::kHeadEndsEarly);
      std::smatch match;
      if (line.empty()) {
        return fields;
      }
      if (line[0] == ' ' || line[0] == '\t') {
        require(!fields.empty());
        fields.back().second += " " + line;
      } else {
        require(std::regex_match(line, match, right));
        fields.emplace_back(lower(match[1]), match[2]);
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
    const std::string digits = "0123456789abcdefABCDEF";
    require(!text.empty() && text.find_first_not_of(digits.substr(
                                 0, base == 10 ? 10 : 22)) == text.npos);
    try {
      return static_cast<std::uint64_t>(std::stoll(text, nullptr, base));
    } catch (const std::out_of_range&) {
      throw Reading::kRefused;
    }
  }

  // Section 7.1.
  void read_chunks() {
    static const std::regex size_line("([^ \\t;]*)[ \\t]*(;.*)?");
    for (;;) {
      const std::string line = take_line(Reading::kBodyEndsEarly);
      std::smatch match;
      require(std::regex_match(line, match, size_line));
      const std::uint64_t size = number(match[1], 16);
      if (size == 0) {
        break;
      }
      const std::string part = take(size);
      reading_.body += part;
      require(reading_.body.size() <= max_size_);
      require(part.size() == size, Reading::kBodyEndsEarly);
      require(take_line(Reading::kBodyEndsEarly).empty());
    }
    while (!take_line(Reading::kBodyEndsEarly).empty()) {
    }
  }

  // Section 6.3.
  void read_response() {
    for (int interim = 0;; ++interim) {
      read_status_line();
      const Fields fields = read_fields();
      const auto codings = list(fields, "transfer-encoding");
      const auto lengths = list(fields, "content-length");
      for (const std::string& coding : codings) {
        require(codings.size() == 1 && lower(coding) == "chunked");
      }
      for (const std::string& length : lengths) {
        require(number(length, 10) == number(lengths[0], 10));
      }
      if (reading_.status / 100 == 1) {
        require(reading_.status != 101 && interim < 20);
      } else if (reading_.status == 204 || reading_.status == 304) {
        return;
      } else if (!codings.empty()) {
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

  std::string rest_;
  const std::uint64_t max_size_;
  Reading reading_;
};
