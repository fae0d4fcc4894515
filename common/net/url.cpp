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

void check_host(const std::string& host, bool in_brackets) {
  if (host.empty()) {
    throw UrlError("it has no host");
  }
  if (in_brackets) {
    in6_addr address;
    if (inet_pton(AF_INET6, host.c_str(), &address) != 1) {
      throw UrlError("what stands in brackets is not an IPv6 address");
    }
    return;
  }
  if (host.size() > kMaxHost) {
    throw UrlError("the host is longer than 253 characters");
  }
  if (host.front() == '-' || !std::all_of(host.begin(), host.end(), [](char c) {
        return is_alnum(c) || is_one_of(c, "-._");
      })) {
    throw UrlError("the host is not a name or an address");
  }
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
  if (lower(rest.substr(0, 7)) != "http://") {
    throw UrlError("it does not begin with http://");
  }
  rest.remove_prefix(7);
  std::string_view authority = take_until(rest, "/?#");
  origin_ = lower(authority);
  if (authority.find('@') != std::string_view::npos) {
    throw UrlError("it has a user name");
  }
  const bool in_brackets = authority.starts_with('[');
  if (in_brackets) {
    authority.remove_prefix(1);
    host_ = lower(take_until(authority, "]"));
    if (!authority.starts_with(']')) {
      throw UrlError("the bracket is not closed");
    }
    authority.remove_prefix(1);
  } else {
    host_ = lower(take_until(authority, ":"));
  }
  check_host(host_, in_brackets);
  if (authority.starts_with(':')) {
    port_ = parse_port(authority.substr(1));
  } else if (!authority.empty()) {
    throw UrlError("something stands between the host and the path");
  }
  const std::string_view target = take_until(rest, "#");
  path_ = target.substr(0, target.find('?'));
  // RFC 9112 section 3.2.1 wants a path, and section 3.2 the host as given.
  request_ = "GET ";
  request_ += target.starts_with('/') ? "" : "/";
  request_ += target;
  request_ += " HTTP/1.0\r\nHost: ";
  request_ += origin_;
  request_ += "\r\nConnection: close\r\n\r\n";
} catch (const UrlError& error) {
  const std::size_t shown = std::min<std::size_t>(text.size(), 100);
  throw UrlError("bad URL '" + escape(text.substr(0, shown)) +
                 (shown < text.size() ? "...': " : "': ") + error.what());
}

std::string_view Url::last_segment() const {
  const std::size_t slash = path_.rfind('/');
  return std::string_view(path_).substr(slash == std::string::npos ? 0
                                                                   : slash + 1);
}
