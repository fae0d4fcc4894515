#include "common/http/response.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <ostream>
#include <random>
#include <string>
#include <vector>

#include "common/base/escape.h"
#include "tests/support/response_model.h"
#include "tests/support/temporary_directory.h"

namespace {

using std::string_literals::operator""s;
using Parts = std::vector<std::string_view>;

constexpr auto kNoLimit = std::numeric_limits<std::uint64_t>::max();
const std::string kOk = "HTTP/1.1 200 OK\r\n";
const std::string kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

Parts pieces(std::string_view text, std::size_t size) {
  Parts parts;
  for (std::size_t i = 0; i < text.size(); i += size) {
    parts.push_back(text.substr(i, size));
  }
  return parts;
}

Parts halves(std::string_view text, std::size_t size) {
  return {text.substr(0, size), text.substr(size)};
}

// What became of a response, in words, and all that Response tells of it.
struct Verdict {
  std::string words;
  bool complete;
  int status;
  std::string reason;
  std::uint64_t bytes;

  friend bool operator==(const Verdict&, const Verdict&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Verdict& verdict) {
    return out << verdict.words << " (" << verdict.bytes << " bytes)";
  }
};

// What `error` says, without the phase.
std::string cause(const FetchError& error) {
  const std::string text = error.what();
  EXPECT_TRUE(text.starts_with("receive: ")) << text;
  return text.substr(text.find(' ') + 1);
}

// Feeds the parts and then the end of the stream.
Verdict verdict(const Parts& parts, std::uint64_t max_size = kNoLimit,
                std::unique_ptr<BodyFile> file = nullptr) {
  Response response(max_size, std::move(file));
  std::string words;
  try {
    for (const std::string_view part : parts) {
      response.feed(part);
    }
    const bool in_time = response.complete();
    response.feed("");
    words = std::to_string(response.status()) + " '" + response.reason() +
            "' " + std::to_string(response.bytes()) +
            (in_time ? " bytes" : " bytes at the end of the stream");
    EXPECT_TRUE(response.complete()) << words;
  } catch (const FetchError& error) {
    words = cause(error);
    EXPECT_FALSE(response.complete()) << words;
  }
  return {words, response.complete(), response.status(), response.reason(),
          response.bytes()};
}

// The error with which the last byte of `text` is refused, and none before.
std::string refusal_of_last_byte(std::string_view text,
                                 std::uint64_t max_size = kNoLimit) {
  Response response(max_size);
  for (std::size_t i = 0; i < text.size(); ++i) {
    try {
      response.feed(text.substr(i, 1));
    } catch (const FetchError& error) {
      return (i + 1 == text.size() ? "" : "too early: ") + cause(error);
    }
  }
  return "not refused";
}

struct Row {
  const char* name;
  std::string bytes;
  std::string expected;
};

// A response of `fields`, each with the end of its line, and a body.
std::string ok(const std::string& fields, const std::string& body = "") {
  return kOk + fields + "\r\n" + body;
}

std::string length(const std::string& value, const std::string& body = "") {
  return ok("Content-Length: " + value + "\r\n", body);
}

std::string chunked(const std::string& body) {
  return ok("Transfer-Encoding: chunked\r\n", body);
}

const std::string kCoding = "Transfer-Encoding: chunked\r\n";
const std::string kHints = "HTTP/1.1 103 Early Hints\n";
const std::string k5 = "200 'OK' 5 bytes";
const std::string kAtEnd = " at the end of the stream";
const std::string kNotHttp = "not an HTTP/1.x response: ";
const std::string kHeadEnds = "incomplete: the head ends early";
const std::string kBadByte = "a NUL or a bare CR in the line ";
const std::string kBadField = "bad header field ";
const std::string kBadLength = "bad Content-Length ";
const std::string kTwoLengths = "two Content-Lengths, 5 and 6";
const std::string kBadCoding = "unsupported Transfer-Encoding ";
const std::string kBadChunk = "bad chunk size ";
const std::string kLongChunk = "a chunk is longer than its size says";
const std::string kNoLastChunk = " bytes, and no last chunk";
const std::string kSpace = "white space before the first header field";
const std::string kSwitching =
    "status 101, switching protocols, which nobody asked for";

const std::vector<Row>& rows() {
  static const std::string to_end = k5 + kAtEnd;
  static const std::vector<Row> all = {
      // The status line: RFC 9112 section 4.
      {"nothing", "", "incomplete: no response"},
      {"1.0", "HTTP/1.0 404 Not Found\n\n", "404 'Not Found' 0 bytes" + kAtEnd},
      {"bare LF", "HTTP/1.1 200 OK\nA: b\n\nhello", to_end},
      {"no reason", "HTTP/1.1 200\r\n\r\n", "200 '' 0 bytes" + kAtEnd},
      {"empty reason", "HTTP/1.1 200 \r\n\r\n", "200 '' 0 bytes" + kAtEnd},
      {"odd", "HTTP/1.9 999 \xff x\n\n", "999 '\xff x' 0 bytes" + kAtEnd},
      {"least", "HTTP/1.1 200\n\n", "200 '' 0 bytes" + kAtEnd},
      {"600", "HTTP/1.1 600 -\n\n", "600 '-' 0 bytes" + kAtEnd},
      {"000", "HTTP/1.1 000 -\n\n", kNotHttp + "'HTTP/1.1 0'"},
      {"099", "HTTP/1.1 099 -\n\n", kNotHttp + "'HTTP/1.1 0'"},
      {"HTTP/0.9", "<html>\r\nhello", kNotHttp + "'<'"},
      {"TLS alert", "\x15\x03\x03\0\2\2\x28"s, kNotHttp + "'\\x15'"},
      {"SSH banner", "SSH-2.0-OpenSSH_9.2p1\r\n", kNotHttp + "'S'"},
      {"NUL", "HTTP/1.1 200 \0\n\n"s, kNotHttp + "'HTTP/1.1 200 \\x00'"},
      {"CR", "HTTP/1.1 200 \rK\n\n", kNotHttp + "'HTTP/1.1 200 \\x0dK'"},
      // Fields: section 5.
      {"head cut off", kOk + "Content-Length: 5\r\n", kHeadEnds},
      {"folded", ok("A: b\r\n c\r\n\td\r\n", "hello"), to_end},
      {"length folded", length("\r\n\t 5 \r\n ", "hello"), k5},
      {"folded in two", length("1\r\n 0", "hello"), kBadLength + "'1 0'"},
      {"other fold", length("5\r\nA: b\r\n 7", "hello"), k5},
      {"space first", ok(" A: b\r\n"), kSpace},
      {"tab first, after interim", kContinue + ok("\tA: b\r\n"), kSpace},
      {"NUL in a field", ok("A: b\0c\r\n"s), kBadByte + "'A: b\\x00c'"},
      {"CR in a field", ok("A: b\rc\r\n"), kBadByte + "'A: b\\x0dc'"},
      {"two CRs", ok("A: b\r\r\n"), kBadByte + "'A: b\\x0d'"},
      {"no colon", ok("hello\r\n"), kBadField + "'hello'"},
      {"no name", ok(": x\r\n"), kBadField + "': x'"},
      {"blank in a name", ok("A : x\r\n"), kBadField + "'A : x'"},
      // Content-Length: section 6.3.
      {"length", length("5", "hello"), k5},
      {"any case", ok("cONTENT-lENGTH:5\r\n", "hello"), k5},
      {"leading zeros", length(std::string(30, '0') + "5", "hello"), k5},
      {"length 0", length("0"), "200 'OK' 0 bytes"},
      {"more than declared", length("5", "hello, world"), k5},
      {"fewer", length("100", "0123456789"), "incomplete: 10 of 100 bytes"},
      {"none", length("100"), "incomplete: 0 of 100 bytes"},
      {"2^63 - 1", length("9223372036854775807", "x"),
       "incomplete: 1 of 9223372036854775807 bytes"},
      {"2^63 + 1", length("9223372036854775809"),
       kBadLength + "'9223372036854775809'"},
      {"2^64 + 5", length("18446744073709551621", "hello"),
       kBadLength + "'18446744073709551621'"},
      {"empty", length(""), kBadLength + "''"},
      {"plus", length("+5", "hello"), kBadLength + "'+5'"},
      {"minus", length("-5", "hello"), kBadLength + "'-5'"},
      {"hex", length("0x5", "hello"), kBadLength + "'0x5'"},
      {"equal", length("5\r\nA: b\r\nContent-Length: 05", "hello"), k5},
      {"equal list", length("5, 5 ,5", "hello"), k5},
      {"not equal", length("5\r\nContent-Length: 6"), kTwoLengths},
      {"other list", length("5, 6"), kTwoLengths},
      {"list with a gap", length("5,", "hello"), kBadLength + "''"},
      // No length, and no body.
      {"to the end", ok("A: b\r\n", "\r\n\r\n\0"s), to_end},
      {"204", "HTTP/1.1 204 -\n\nmore", "204 '-' 0 bytes"},
      {"304", "HTTP/1.1 304 -\nContent-Length: 5\n\n", "304 '-' 0 bytes"},
      {"204, chunked", "HTTP/1.1 204 -\n" + kCoding + "\n", "204 '-' 0 bytes"},
      {"204, -1", "HTTP/1.1 204 -\nContent-Length: -1\n\n", "204 '-' 0 bytes"},
      {"304, two", "HTTP/1.1 304 -\nContent-Length: 5, 6\n\n",
       "304 '-' 0 bytes"},
      {"204, empty", "HTTP/1.1 204 -\nContent-Length:\n \n\n",
       "204 '-' 0 bytes"},
      {"304, gzip", "HTTP/1.1 304 -\nTransfer-Encoding: gzip, chunked\n\n",
       "304 '-' 0 bytes"},
      {"204, bad field", "HTTP/1.1 204 -\nA b\n\n", kBadField + "'A b'"},
      // Transfer-Encoding: section 7.1.
      {"chunks", chunked("2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\nmore"), k5},
      {"chunks, LF", chunked("5\nhello\n0\n\n"), k5},
      {"hex", chunked("0C\n0123456789ab\n00a\n0123456789\n00\n\n"),
       "200 'OK' 22 bytes"},
      {"lines in a chunk", chunked("5\r\n0\r\n\r\n\r\n0\r\n\r\n"), k5},
      {"empty", chunked("0\r\n\r\n"), "200 'OK' 0 bytes"},
      {"extensions", chunked("5;a=\"b\"\r\nhello\r\n0 ;c\r\n\r\n"), k5},
      {"trailers", chunked("5\r\nhello\r\n0\r\nA: b\r\nC: d\r\n\r\n"), k5},
      {"both", ok("Content-Length: 3\r\n" + kCoding, "5\nhello\n0\n\n"), k5},
      {"cut in a size", chunked("1\nx\n1"), "incomplete: 1" + kNoLastChunk},
      {"2^32 in a chunk", chunked("100000000\nx"),
       "incomplete: 1" + kNoLastChunk},
      {"cut in a chunk", chunked("5\nhell"), "incomplete: 4" + kNoLastChunk},
      {"cut trailers", chunked("0\nA: b\n"), "incomplete: 0" + kNoLastChunk},
      {"too long", chunked("5\r\nhello!\r\n0\r\n\r\n"), kLongChunk},
      {"no size", chunked("\r\nhello\r\n"), kBadChunk + "''"},
      {"size +5", chunked("+5\r\nhello\r\n"), kBadChunk + "'+5'"},
      {"size 0x5", chunked("0x5\r\nhello\r\n"), kBadChunk + "'0x5'"},
      {"blank first", chunked(" 5\r\nhello\r\n"), kBadChunk + "' 5'"},
      {"no semicolon", chunked("5 x\r\nhello\r\n"), kBadChunk + "'5 x'"},
      {"size 2^64 + 5", chunked("10000000000000005\n"),
       kBadChunk + "'10000000000000005'"},
      {"CR in a size", chunked("5;\ra\r\n"), kBadByte + "'5;\\x0da'"},
      {"NUL in a trailer", chunked("0\n\0\n"s), kBadByte + "'\\x00'"},
      {"gzip", ok("Transfer-Encoding: gzip\r\n"), kBadCoding + "'gzip'"},
      {"two", ok(kCoding + " ,gzip\r\n"), kBadCoding + "'chunked ,gzip'"},
      {"chunked twice", ok(kCoding + kCoding), kBadCoding + "'chunked'"},
      {"twice in a list", ok("Transfer-Encoding: chunked, chunked\r\n"),
       kBadCoding + "'chunked, chunked'"},
      {"no coding", ok("Transfer-Encoding:\r\n", "hello"), to_end},
      {"commas", ok("Transfer-Encoding: , ,\r\nContent-Length: 5\r\n", "hello"),
       k5},
      {"identity", ok("Transfer-Encoding: Identity\r\n", "hello"), to_end},
      {"gaps", ok("Transfer-Encoding: ,chunked,\r\n", "5\nhello\n0\n\n"), k5},
      {"folded",
       ok("Transfer-Encoding:\r\n chunked\r\n\t,\r\n", "5\nhello\n0\n\n"), k5},
      {"identity, chunked",
       ok("Transfer-Encoding: identity\r\n" + kCoding, "5\nhello\n0\n\n"), k5},
      // Interim responses: RFC 9110 section 15.2.
      {"interim", kContinue + length("5", "hello"), k5},
      {"its length", kHints + "Content-Length: 9\n\n" + ok("", "hello"),
       to_end},
      {"its coding", kHints + kCoding + "\n" + ok("", "hello"), to_end},
      {"its bad fields",
       kHints + "Content-Length: -1\nTransfer-Encoding: gzip\n\n" +
           ok("", "hello"),
       to_end},
      {"interim alone", kContinue, kHeadEnds},
      {"rubbish next", kContinue + "hello", kNotHttp + "'h'"},
      {"101", "HTTP/1.1 101 -\n\n", kSwitching},
  };
  return all;
}

TEST(Response, GivesTheSameVerdictForEverySplit) {
  for (const Row& row : rows()) {
    SCOPED_TRACE(row.name);
    const Verdict whole = verdict(pieces(row.bytes, row.bytes.size()));
    EXPECT_EQ(whole.words, row.expected);
    EXPECT_EQ(verdict(pieces(row.bytes, 1)), whole);
    for (std::size_t i = 1; i < row.bytes.size(); ++i) {
      EXPECT_EQ(verdict(halves(row.bytes, i)), whole) << "split at " << i;
    }
  }
}

TEST(Response, IsNeverCompleteWhenTheStreamEndsTooEarly) {
  for (const Row& row : rows()) {
    const std::size_t size = row.bytes.size();
    const Verdict whole = verdict(pieces(row.bytes, size));
    for (std::size_t i = 1; i < size; ++i) {
      SCOPED_TRACE(std::string(row.name) + ", ends at " + std::to_string(i));
      const std::string_view start = std::string_view(row.bytes).substr(0, i);
      const Verdict cut = verdict({start});
      EXPECT_EQ(verdict(pieces(start, 1)), cut);
      if (cut.complete && row.expected.ends_with(kAtEnd)) {
        EXPECT_EQ(cut.bytes + (size - i), whole.bytes);
      } else if (!cut.words.starts_with("incomplete: ")) {
        EXPECT_EQ(cut, whole);
      }
    }
  }
}

TEST(Response, RefusesAFirstLineAtItsFirstWrongByte) {
  const std::string starts =
      "S|h|<| |\n|\r|\0|\x15|\x80|HTTQ|HTTP |HTTP/0|HTTP/2|HTTP/1 |HTTP/1.x|"
      "HTTP/1.10|HTTP/1.1\t|HTTP/1.1\r|HTTP/1.1  |HTTP/1.1 x|HTTP/1.1 -|"
      "HTTP/1.1 0|HTTP/1.1 20 |HTTP/1.1 20\r|HTTP/1.1 2000|HTTP/1.1 "
      "200O|HTTP/1.1 200\t|"
      "HTTP/1.1 200\rx|HTTP/1.1 200 OK\r\r|HTTP/1.1 200 OK\0|"s;
  for (std::size_t at = 0, end; at < starts.size(); at = end + 1) {
    end = starts.find('|', at);
    const std::string start = starts.substr(at, end - at);
    EXPECT_EQ(refusal_of_last_byte(start),
              kNotHttp + "'" + escape(start) + "'");
  }
}

// A response of so many bytes of head, `fields` first.
std::string head_of(std::size_t size, const std::string& fields = "") {
  std::string head = kOk + fields;
  while (size - head.size() > 2000) {
    head += "A: " + std::string(995, 'x') + "\r\n";
  }
  return head + "A: " + std::string(size - head.size() - 7, 'x') + "\r\n\r\n";
}

TEST(Response, HoldsItsLimitsToTheByte) {
  constexpr std::size_t kLine = 65536;
  constexpr std::size_t kHead = 262144;
  std::string interim;
  for (int i = 0; i < 1000; ++i) {
    interim += kContinue;
  }
  const std::string too_long = "a line is longer than 64 KiB";
  const std::string too_large = "the head is larger than 256 KiB";
  const std::string none = "200 'OK' 0 bytes";
  const std::string reason(kLine - 15, 'r');
  const std::string value = "A: " + std::string(kLine - 5, 'v');
  const std::string status = "HTTP/1.1 200 " + reason;
  const std::size_t left = kHead - kContinue.size();
  const std::vector<Row> limits = {
      {"reason", status + "\r\n\r\n", "200 '" + reason + "' 0 bytes" + kAtEnd},
      {"reason + 1", status + "x\r\n\r\n", too_long},
      {"field", ok(value + "\r\n"), none + kAtEnd},
      {"field + 1", ok(value + "x\r\n"), too_long},
      {"field, LF", ok(value + "x\n"), none + kAtEnd},
      {"chunk size", chunked("0;" + value.substr(2) + "\r\n\r\n"), none},
      {"chunk size + 1", chunked("0;" + value + "\r\n\r\n"), too_long},
      {"trailer", chunked("0\r\n" + value + "\r\n\r\n"), none},
      {"trailer + 1", chunked("0\r\n" + value + "x\r\n\r\n"), too_long},
      {"trailers", chunked("0\r\n" + head_of(kHead + 1)), too_large},
      {"head", head_of(kHead), none + kAtEnd},
      {"head + 1", head_of(kHead + 1), too_large},
      {"two heads", kContinue + head_of(left), none + kAtEnd},
      {"two heads + 1", kContinue + head_of(left + 1), too_large},
      {"head, body", head_of(kHead, "Content-Length: 5\r\n") + "hello", k5},
      {"head, chunks", head_of(kHead, kCoding) + "5\nhello\n0\n\n", k5},
      {"1000 interim", interim + length("0"), none},
      {"and a head", interim + head_of(kHead - interim.size()), none + kAtEnd},
      {"+ 1", interim + head_of(kHead - interim.size() + 1), too_large},
  };
  for (const auto& [name, bytes, expected] : limits) {
    SCOPED_TRACE(name);
    const Verdict whole = verdict({bytes});
    EXPECT_EQ(whole.words, expected);
    for (const unsigned size : {1U, 1000U, 65537U}) {
      EXPECT_EQ(verdict(pieces(bytes, size)), whole) << "pieces of " << size;
    }
    for (std::size_t i = 1; i < 9; ++i) {
      EXPECT_EQ(verdict(halves(bytes, bytes.size() - i)), whole);
    }
  }
  const std::string endless(kLine + 1, 'x');
  EXPECT_EQ(refusal_of_last_byte(kOk + endless), too_long);
}

TEST(Response, TakesABodyOfMaxSizeAndNotOneByteMore) {
  const std::string none = "200 'OK' 0 bytes";
  const std::string declared = "the body of 6 bytes is larger than 5";
  const std::string larger = "the body is larger than 5 bytes";
  const auto check = [](const std::string& bytes, std::uint64_t max_size,
                        const std::string& expected) {
    const Verdict whole = verdict({bytes}, max_size);
    EXPECT_EQ(whole.words, expected) << bytes;
    for (std::size_t i = 1; i < bytes.size(); ++i) {
      EXPECT_EQ(verdict(halves(bytes, i), max_size), whole) << bytes << i;
    }
  };
  check(length("5", "hello!"), 5, k5);
  check(chunked("2\nhe\n3\nllo\n0\n\n"), 5, k5);
  check(ok("", "hello"), 5, k5 + kAtEnd);
  check(length("0"), 0, none);
  check(chunked("0\n\n"), 0, none);
  check(ok(""), 0, none + kAtEnd);
  check("HTTP/1.1 204 -\nContent-Length: 6\n\n", 5, "204 '-' 0 bytes");
  check(length("6", "hello!"), 5, declared);
  check(chunked("2\nhe\n6\nllo!!!\n0\n\n"), 5, larger);
  check(ok("", "hello, world"), 5, larger);
  EXPECT_EQ(refusal_of_last_byte(length("6"), 5), declared);
  EXPECT_EQ(refusal_of_last_byte(chunked("6\nhello!"), 5), larger);
  EXPECT_EQ(refusal_of_last_byte(chunked("5\nhello\n1\n!"), 5), larger);
  EXPECT_EQ(refusal_of_last_byte(ok("", "hello!"), 5), larger);
}

TEST(Response, ReservesNothingForADeclaredSize) {
  // Neither memory nor a file could hold them.
  const std::string bytes_2_62 = "4611686018427387904";
  const TemporaryDirectory directory;
  const auto words = [&directory](const std::string& bytes) {
    auto file = std::make_unique<BodyFile>(directory.descriptor(), "body");
    return verdict({bytes}, kNoLimit, std::move(file)).words;
  };
  EXPECT_EQ(words(length(bytes_2_62, "x")),
            "incomplete: 1 of " + bytes_2_62 + " bytes");
  EXPECT_EQ(words(chunked("4000000000000000\nx")),
            "incomplete: 1" + kNoLastChunk);
}

TEST(Response, LeavesAFileOnlyWhenItIsComplete) {
  const TemporaryDirectory directory;
  const std::string bytes = chunked("2\nhe\n3;x\nllo\n0\n\n");
  for (std::size_t i = 1; i <= bytes.size(); ++i) {
    EXPECT_EQ(directory.names(), std::set<std::string>());
    verdict(pieces(std::string_view(bytes).substr(0, i), 1), 5,
            std::make_unique<BodyFile>(directory.descriptor(), "body"));
  }
  EXPECT_EQ(directory.names(), std::set<std::string>{"body"});
  EXPECT_EQ(directory.content("body"), "hello");
}

// One of `bases`, damaged in up to three places.
std::string damaged(const std::vector<std::string>& bases,
                    std::mt19937& random) {
  static const std::string kBytes = "\r\n\0 \t:;,0159aAfFgx+-\x80"s;
  const auto below = [&random](std::size_t n) { return random() % n; };
  std::string text = bases[below(bases.size())];
  for (std::size_t times = below(4); times > 0; --times) {
    const std::size_t at = below(text.size() + 1);
    const std::size_t size = below(3) == 0 ? below(20) : 1;
    const std::string& other = bases[below(bases.size())];
    switch (below(6)) {
      case 0:
        text.erase(at, size);
        break;
      case 1:
        text.insert(at, text.substr(at, size));
        break;
      case 2:
        text.replace(at, 1, 1, kBytes[below(kBytes.size())]);
        break;
      case 3:
        text.insert(at, 1, kBytes[below(kBytes.size())]);
        break;
      case 4:
        text.replace(at, size, other.substr(below(other.size()), size));
        break;
      default:
        text.resize(text.size() - std::min(text.size(), below(12)));
    }
  }
  return text;
}

TEST(Response, AgreesWithASecondReadingOfDamagedResponses) {
  std::vector<std::string> bases;
  for (const Row& row : rows()) {
    if (verdict({row.bytes}).complete) {
      bases.push_back(row.bytes);
    }
  }
  const TemporaryDirectory directory;
  std::mt19937 random(20150101);  // the same numbers every time
  std::array<int, 4> ends = {};
  for (int i = 0; i < 3000; ++i) {
    const std::string text = damaged(bases, random);
    const std::uint64_t max_size = random() % 4 == 0 ? 5 : kNoLimit;
    const Reading model = ResponseModel::read(text, max_size);
    const bool complete = model.end == Reading::kComplete;
    ++ends.at(model.end);
    auto file = std::make_unique<BodyFile>(directory.descriptor(), "body");
    const Verdict end = verdict(pieces(text, 1 + random() % 9), max_size,
                                complete ? std::move(file) : nullptr);
    SCOPED_TRACE(escape(text) + "\n" + end.words);
    ASSERT_EQ(end.complete, complete);
    if (complete) {
      ASSERT_EQ(end.status, model.status);
      ASSERT_EQ(end.reason, model.reason);
      ASSERT_EQ(end.bytes, model.body.size());
      ASSERT_EQ(directory.content("body"), model.body);
    } else if (model.end != Reading::kHeadEndsEarly) {
      // Response may know that a head is bad before it has all of it.
      ASSERT_EQ(end.words.starts_with("incomplete: "),
                model.end == Reading::kBodyEndsEarly);
    }
  }
  for (const int times : ends) {
    EXPECT_GT(times, 50);  // each end is tried
  }
}

}  // namespace
