#include "tests/support/url_model.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cctype>
#include <regex>

namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), ::tolower);
  return text;
}

// A host with the characters that %XX stands for.
std::string decoded(const std::string& host) {
  static const std::regex code("%([0-9A-Fa-f]{2})");
  std::string rest = host;
  std::string result;
  for (std::smatch match; std::regex_search(rest, match, code);) {
    result += match.prefix();
    result += static_cast<char>(std::stoi(match[1], nullptr, 16));
    rest = match.suffix();
  }
  return result + rest;
}

}  // namespace

UrlReading UrlReading::read(const std::string& text) {
  static const std::regex right(
      "([Hh][Tt][Tt][Pp]://)"
      "((\\[([^\\]@]*)\\]|([A-Za-z0-9._%][A-Za-z0-9._%-]*))(:([0-9]*))?)"
      "((/[^?#]*)?(\\?[^#]*)?)(#.*)?");
  static const std::regex name("[a-z0-9._][a-z0-9._-]{0,252}");
  UrlReading reading;
  std::smatch match;
  const auto is_visible = [](char c) { return c > ' ' && c < '\x7F'; };
  if (!std::all_of(text.begin(), text.end(), is_visible) ||
      !std::regex_match(text, match, right)) {
    return reading;
  }
  const bool in_brackets = match[4].matched;
  reading.host = lower(in_brackets ? match[4].str() : decoded(match[5]));
  const std::string digits = match[7];
  if (!digits.empty()) {
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
                   : std::regex_match(reading.host, name));
  const std::string origin =
      (in_brackets ? "[" + reading.host + "]" : reading.host) +
      (digits.empty() ? "" : ":" + digits);
  const std::string target = match[8];
  reading.request = "GET " + std::string(match[9].matched ? "" : "/") + target +
                    " HTTP/1.0\r\nHost: " + origin +
                    "\r\nUser-Agent: how-do-cpp-coroutines-work/1.0"
                    "\r\nConnection: close\r\n\r\n";
  return reading;
}
