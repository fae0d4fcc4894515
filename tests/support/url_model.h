// A second, deliberately simple reading of a URL, to judge Url by: one regular
// expression for the whole of it (RFC 3986 section 3, RFC 9110 section 4.2.1),
// and what it leaves open.
#pragma once

#include <string>

struct UrlReading {
  bool good = false;
  std::string host;
  int port = 80;
  std::string request;

  // std::regex recurs for each character: `text` is not to be long.
  static UrlReading read(const std::string& text);
};
