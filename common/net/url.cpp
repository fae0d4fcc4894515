#include "common/net/url.h"

#include <arpa/inet.h>

#include <algorithm>

#include "common/base/escape.h"
#include "common/base/parse.h"

namespace {

constexpr std::size_t kMaxHost = 253;  // RFC 1035 section 2.3.4, as text

bool is_one_of(char c, std::string_view set) {
  return set.find(c) != std::string_view::npos;
}

bool is_alnum(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
         (c >= 'A' && c <= 'Z');
}

std::uint16_t parse_port(std::string_view digits) {
  const auto port = parse_number<std::uint16_t>(digits);
  if (!port || *port == 0) {
    throw UrlError("the port is not a number from 1 to 65535");
  }
  return *port;
}

void check_address(const std::string& host) {
  in6_addr address;
  if (host.find('%') != host.npos) {
    throw UrlError("the address has a zone, which no server can be told");
  }
  if (host.starts_with('v')) {
    throw UrlError("it has an address of a future version of IP");
  }
  if (!host.empty() && inet_pton(AF_INET6, host.c_str(), &address) != 1) {
    throw UrlError("what stands in brackets is not an IPv6 address");
  }
}

void check_name(const std::string& host) {
  if (host.size() > kMaxHost) {
    throw UrlError("the host is longer than 253 characters");
  }
  if (host.starts_with('-') ||
      !std::all_of(host.begin(), host.end(),
                   [](char c) { return is_alnum(c) || is_one_of(c, "-._"); })) {
    throw UrlError("the host is not a name or an address");
  }
}

// With the characters that %XX stands for (RFC 3986 section 2.1).
std::string decoded(std::string_view text) {
  std::string result(take_until(text, "%"));
  while (!text.empty()) {
    const auto code = parse_number<unsigned char>(text.substr(1, 2), 16);
    if (!code || text.size() < 3) {
      throw UrlError("the host has a % without two hexadecimal digits");
    }
    result += static_cast<char>(*code);
    text.remove_prefix(3);
    result += take_until(text, "%");
  }
  return result;
}

// What there is of `text` to show in a message: not the user information, of
// which a password is part (RFC 3986 section 7.5).
std::string shown(std::string_view text) {
  constexpr std::size_t kMost = 100;
  const std::size_t slashes = text.find("//");
  const std::size_t begin = slashes == text.npos ? 0 : slashes + 2;
  const std::string_view authority =
      text.substr(begin, text.find_first_of("/?#", begin) - begin);
  const std::size_t at = authority.rfind('@');
  std::string safe(text);
  if (at != authority.npos && at > 0) {
    safe.replace(begin, at, "...");
  }
  const bool cut = safe.size() > kMost;
  return "'" + escape(safe.substr(0, kMost), false) + (cut ? "...'" : "'");
}

void check_characters(std::string_view text) {
  if (text.size() > Url::kMaxLength) {
    throw UrlError("it is longer than 65536 bytes");
  }
  for (const char c : text) {
    if (c == ' ') {
      throw UrlError("it has a space (write %20)");
    }
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      throw UrlError("it has a control character");
    }
    if (static_cast<unsigned char>(c) >= 0x80) {
      throw UrlError("it has a character outside ASCII (percent-encode it)");
    }
  }
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return result;
}

}  // namespace

Url::Url(std::string_view text) try : text_(text) {
  check_characters(text);
  std::string_view rest = text;
  if (lower(rest.substr(0, 8)) == "https://") {
    throw UrlError("https, which takes TLS, is not for this program");
  }
  if (lower(rest.substr(0, 7)) != "http://") {
    throw UrlError("it does not begin with http://");
  }
  rest.remove_prefix(7);
  std::string_view authority = take_until(rest, "/?#");
  if (authority.find('@') != std::string_view::npos) {
    throw UrlError("it has a user name");
  }
  if (authority.starts_with('[')) {
    authority.remove_prefix(1);
    host_ = lower(take_until(authority, "]"));
    check_address(host_);
    if (authority.empty()) {
      throw UrlError("the bracket is not closed");
    }
    authority.remove_prefix(1);
    origin_ = "[" + host_ + "]";
  } else {
    host_ = lower(decoded(take_until(authority, ":")));
    check_name(host_);
    origin_ = host_;
  }
  if (host_.empty()) {
    throw UrlError("it has no host");
  }
  if (authority.starts_with(':')) {
    const std::string_view digits = authority.substr(1);
    if (!digits.empty()) {  // with nothing after the colon it is 80
      port_ = parse_port(digits);
      origin_ += authority;
    }
  } else if (!authority.empty()) {
    throw UrlError("something stands between the host and the path");
  }
  const std::string_view target = take_until(rest, "#");
  path_ = target.substr(0, target.find('?'));
  // A path is wanted by RFC 9112 section 3.2.1, a Host by section 3.2, and a
  // User-Agent by RFC 9110 section 10.1.5.
  request_ = "GET ";
  request_ += target.starts_with('/') ? "" : "/";
  request_ += target;
  request_ += " HTTP/1.0\r\nHost: ";
  request_ += origin_;
  request_ += "\r\nUser-Agent: how-do-cpp-coroutines-work/" PROJECT_VERSION
              "\r\nConnection: close\r\n\r\n";
} catch (const UrlError& error) {
  throw UrlError("bad URL " + shown(text) + ": " + error.what());
}

std::string_view Url::last_segment() const {
  const std::size_t slash = path_.rfind('/');
  return std::string_view(path_).substr(slash == std::string::npos ? 0
                                                                   : slash + 1);
}
