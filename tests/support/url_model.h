// A second, deliberately simple reading of a URL, to judge Url by: one regular
// expression for the whole of it (RFC 3986 section 3, RFC 9110 section 4.2.1),
// and what it leaves open.
#pragma once

#include <arpa/inet.h>

#include <algorithm>
#include <cctype>
#include <regex>
#include <string>

struct UrlReading {
  bool good = false;
  std::string host;
  int port = 80;
  std::string request;

  // std::regex recurs for each character: `text` is not to be long.
  static UrlReading read(const std::string& text) {
    static const std::regex right(
        "([Hh][Tt][Tt][Pp]://)"
        "((\\[([^\\]@]*)\\]|([A-Za-z0-9._][A-Za-z0-9._-]*))(:([0-9]+))?)"
        "((/[^?#]*)?(\\?[^#]*)?)(#.*)?");
    UrlReading reading;
    std::smatch match;
    const auto is_visible = [](char c) { return c > ' ' && c < '\x7F'; };
    if (!std::all_of(text.begin(), text.end(), is_visible) ||
        !std::regex_match(text, match, right)) {
      return reading;
    }
    const bool in_brackets = match[4].matched;
    reading.host = lower(match[in_brackets ? 4 : 5]);
    if (match[7].matched) {
      const std::string digits = match[7];
      const std::size_t zeros = digits.find_first_not_of('0');
      if (zeros == digits.npos || digits.size() - zeros > 5) {
        return reading;
      }
      reading.port = std::stoi(digits.substr(zeros));
    }
    in6_addr address;
    reading.good =
        reading.port <= 65535 &&
        (in_brackets ? inet_pton(AF_INET6, reading.host.c_str(), &address) == 1
                     : reading.host.size() <= 253);
    const std::string target = match[8];
    reading.request = "GET " + std::string(match[9].matched ? "" : "/") +
                      target + " HTTP/1.0\r\nHost: " + lower(match[2]) +
                      "\r\nConnection: close\r\n\r\n";
    return reading;
  }

 private:
  static std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), ::tolower);
    return text;
  }
};
