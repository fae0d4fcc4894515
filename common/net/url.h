// A Url is an http:// address that is fit to be fetched.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

// Why a text is no Url: "bad URL 'http://': it has no host".
class UrlError : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

class Url {
 public:
  static constexpr std::size_t kMaxLength = 65536;  // bytes

  // Reads http://host[:[port]][/path][?query], with an IPv6 address in
  // brackets; a #fragment is left out, as it is not for the server (RFC 9110
  // section 7.1). Throws UrlError for anything else: for other schemes, and for
  // what RFC 3986 allows in a host but no name or address has. Its message
  // shows no user name or password.
  explicit Url(std::string_view text);

  const std::string& text() const { return text_; }  // as it was given
  // What to look up: in lower case, decoded, without brackets.
  const std::string& host() const { return host_; }
  std::uint16_t port() const { return port_; }
  const std::string& origin() const { return origin_; }  // host[:port]

  // The request in full, made once: it is sent as it stands, any number of
  // times.
  const std::string& request() const { return request_; }

  // The last segment of the path, "" when it ends in a slash.
  std::string_view last_segment() const;

 private:
  std::string text_;
  std::string host_;
  std::uint16_t port_ = 80;
  std::string origin_;
  std::string path_;  // without query
  std::string request_;
};
