#include "common/net/url.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

using std::string_literals::operator""s;

struct Accepted {
  std::string text;
  std::string host;
  std::uint16_t port;
  std::string origin;
  std::string target;
  std::string last_segment;
};

const std::string kLongest = "http://h/" + std::string(65536 - 9, 'x');

const std::vector<Accepted> accepted = {
    {"http://a.b/", "a.b", 80, "a.b", "/", ""},
    {"http://a.b", "a.b", 80, "a.b", "/", ""},
    {"HTTP://A.B:8080/C/d", "a.b", 8080, "a.b:8080", "/C/d", "d"},
    {"http://a/b/?c=/d", "a", 80, "a", "/b/?c=/d", ""},
    {"http://a?b=/c", "a", 80, "a", "/?b=/c", ""},
    {"http://a/b?c?d#e?f", "a", 80, "a", "/b?c?d", "b"},
    {"http://a#/b", "a", 80, "a", "/", ""},
    {"http://a//b//../%2e%2E", "a", 80, "a", "//b//../%2e%2E", "%2e%2E"},
    {"http://a/b@c:d[e]", "a", 80, "a", "/b@c:d[e]", "b@c:d[e]"},
    {"http://a:00080/b", "a", 80, "a:00080", "/b", "b"},
    {"http://a:65535/b", "a", 65535, "a:65535", "/b", "b"},
    {"http://127.0.0.1:1/", "127.0.0.1", 1, "127.0.0.1:1", "/", ""},
    {"http://a_b-c.example./", "a_b-c.example.", 80, "a_b-c.example.", "/", ""},
    {"http://a:/b", "a", 80, "a", "/b", "b"},
    {"http://[::1]:?c", "::1", 80, "[::1]", "/?c", ""},
    {"http://%41%2eB/", "a.b", 80, "a.b", "/", ""},
    {"http://a/%zz|\"<>\\^`{}", "a", 80, "a", "/%zz|\"<>\\^`{}",
     "%zz|\"<>\\^`{}"},
    {"http://[::1]", "::1", 80, "[::1]", "/", ""},
    {"http://[::ffff:1.2.3.4]/", "::ffff:1.2.3.4", 80, "[::ffff:1.2.3.4]", "/",
     ""},
    {"http://[FE80::1]:81/x", "fe80::1", 81, "[fe80::1]:81", "/x", "x"},
    {"http://" + std::string(253, 'a'), std::string(253, 'a'), 80,
     std::string(253, 'a'), "/", ""},
    {kLongest, "h", 80, "h", kLongest.substr(8), kLongest.substr(9)},
};

// The fields after Host.
const std::string kRest =
    "\r\nUser-Agent: how-do-cpp-coroutines-work/1.0"
    "\r\nConnection: close\r\n\r\n";

struct Refused {
  std::string text;
  std::string cause;
};

const std::string kScheme = "it does not begin with http://";
const std::string kNoName = "the host is not a name or an address";
const std::string kPort = "the port is not a number from 1 to 65535";
const std::string kPercent = "the host has a % without two hexadecimal digits";
const std::string kControl = "it has a control character";
const std::string kBrackets = "what stands in brackets is not an IPv6 address";

const std::vector<Refused> refused = {
    {"", kScheme},
    {"a.b", kScheme},
    {"HTTPS://a/", "https, which takes TLS, is not for this program"},
    {"//a/", kScheme},
    {"/a", kScheme},
    {"http:a", kScheme},
    {"http:/a", kScheme},
    {"http://", "it has no host"},
    {"http:///a", "it has no host"},
    {"http://:80/", "it has no host"},
    {"http://a b/", "it has a space (write %20)"},
    {" http://a/", "it has a space (write %20)"},
    {"http://a/\r\nHost: b", kControl},
    {"http://a/\t", kControl},
    {std::string("http://a/\0", 10), kControl},
    {"http://a/\x7f", kControl},
    {"http://a/#\x1b[2J", kControl},
    {"http://a/\xc3\xa9", "it has a character outside ASCII"},
    {"http://me@a/", "it has a user name"},
    {"http://a:0/", kPort},
    {"http://a:65536/", kPort},
    {"http://a:+80/", kPort},
    {"http://a:8x/", kPort},
    {"http://a:80:81/", kPort},
    {"http://-a/", kNoName},
    {"http://a%2fb/", kNoName},
    {"http://a%00b/", kNoName},
    {"http://%C3%A9/", kNoName},
    {"http://a!$&'()*+,;=~b/", kNoName},
    {"http://%2da/", kNoName},
    {"http://a%2/", kPercent},
    {"http://a%/", kPercent},
    {"http://a%+1/", kPercent},
    {"http://a\\b/", kNoName},
    {"http://[::1/", "the bracket is not closed"},
    {"http://[::1]80/", "something stands between the host and the path"},
    {"http://[]/", "it has no host"},
    {"http://[1.2.3.4]/", kBrackets},
    {"http://[::1%25lo]/", "the address has a zone"},
    {"http://[v1.a:b]/", "it has an address of a future version of IP"},
    {"http://[V1.a]/", "it has an address of a future version of IP"},
    {"http://[%3A%3A1]/", "the address has a zone"},
    {"http://" + std::string(254, 'a'), "the host is longer than 253"},
    {kLongest + "x", "it is longer than 65536 bytes"},
};

TEST(Url, ReadsItsParts) {
  for (const Accepted& row : accepted) {
    SCOPED_TRACE(row.text.substr(0, 100));
    const Url url(row.text);
    EXPECT_EQ(url.text(), row.text);
    EXPECT_EQ(url.host(), row.host);
    EXPECT_EQ(url.port(), row.port);
    EXPECT_EQ(url.origin(), row.origin);
    EXPECT_EQ(url.last_segment(), row.last_segment);
    EXPECT_EQ(url.request(),
              "GET " + row.target + " HTTP/1.0\r\nHost: " + row.origin + kRest);
  }
}

TEST(Url, RefusesWhatIsNotFitToBeFetched) {
  for (const auto& [text, cause] : refused) {
    try {
      const Url url(text);
      ADD_FAILURE() << "accepted " << text;
    } catch (const UrlError& error) {
      const std::string what = error.what();
      EXPECT_TRUE(what.starts_with("bad URL '")) << what;
      EXPECT_NE(what.find("': " + cause), what.npos) << what;
      EXPECT_LT(what.size(), 500U);
      EXPECT_EQ(what.find_first_of("\r\n\x1b\x7f"), what.npos) << what;
    }
  }
}

TEST(Url, ShowsNoPasswordInWhatItRefuses) {
  for (const std::string& text :
       {"http://me:secret@a/"s, "http://me:secret@@a:80/"s, "secret@a"s,
        "//secret@a"s, "https://secret@a/"s, "ftp://me:secret@a?b"s,
        "http://secret@a b/"s, "http://secret@a/\x1b"s, "http://secret@#"s,
        "http://" + std::string(90, 's') + "secret@a/"}) {
    try {
      const Url url(text);
      ADD_FAILURE() << "accepted " << text;
    } catch (const UrlError& error) {
      const std::string what = error.what();
      EXPECT_EQ(what.find("secret"), what.npos) << what;
      EXPECT_NE(what.find("...@"), what.npos) << what;
    }
  }
}

TEST(Url, ShowsBytesThatNobodySeesByTheirNumbers) {
  try {
    const Url url("http://a/\xc3\xa9\xff");
    ADD_FAILURE();
  } catch (const UrlError& error) {
    EXPECT_STREQ(
        error.what(),
        "bad URL 'http://a/\\xc3\\xa9\\xff': it has a character outside "
        "ASCII (percent-encode it)");
  }
}

// What a Url sends is one request and nothing besides.
void expect_one_request(const std::string& text) {
  try {
    std::string request = Url(text).request();
    ASSERT_TRUE(request.ends_with("\r\n\r\n")) << text;
    for (int line = 0; line < 5; ++line) {
      const std::size_t end = request.find_first_of("\r\n");
      ASSERT_EQ(end == 0, line == 4) << text;
      ASSERT_EQ(request.substr(end, 2), "\r\n") << text;
      request.erase(0, end + 2);
    }
    EXPECT_EQ(request, "") << text;
  } catch (const UrlError&) {
  }
}

TEST(Url, IsOneRequestOrAnErrorWhereverItIsCutOrBroken) {
  std::vector<Refused> texts = refused;
  for (const Accepted& row : accepted) {
    texts.push_back({row.text, ""});
  }
  for (const Refused& row : texts) {
    const std::string text = row.text.substr(0, 100);
    for (std::size_t i = 0; i <= text.size(); ++i) {
      expect_one_request(text.substr(0, i));
      for (const char c : {'\r', '\n', '\0', '@', ':', '[', ']', '/', '#'}) {
        expect_one_request(text.substr(0, i) + c + text.substr(i));
      }
    }
  }
}

}  // namespace
