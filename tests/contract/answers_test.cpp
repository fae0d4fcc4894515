// What a server may say and what it may not, through a real socket.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "tests/contract/contract.h"
#include "tests/support/temporary_directory.h"

namespace {

const std::string kOk = "HTTP/1.1 200 OK\r\n";
const std::string kChunked = kOk + "Transfer-Encoding: chunked\r\n\r\n";
const std::string kResetByPeer = "connection reset by peer";
const std::string kNotHttp = "not an HTTP/1.x response: ";
const std::string kBadLength = "bad Content-Length ";
const std::string kNoLastChunk = " bytes, and no last chunk";

std::string repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) {
    all += text;
  }
  return all;
}

std::string with_length(const std::string& length, const std::string& body) {
  return kOk + "Content-Length: " + length + "\r\n\r\n" + body;
}

// kOpen: the server keeps the connection open, so the verdict is the client's.
enum class End { kOpen, kClose, kReset };
using enum End;

struct Row {
  std::string response;
  End end;
  std::string verdict;  // "200 OK: 5 bytes", or why it is refused

  std::string expected() const {
    return verdict[0] <= '9' ? verdict : "receive: " + verdict;
  }
};

const std::string kInterim = "HTTP/1.1 102 Wait\r\n\r\n";
const std::string kLine(65500, 'x');

const std::vector<Row> kRows = {
    // The status line.
    {kOk + "\r\nhello", kClose, "200 OK: 5 bytes"},
    {"HTTP/1.0 404 Not Found\n\nhello", kClose, "404 Not Found: 5 bytes"},
    {"HTTP/1.1 200\r\n\r\n", kClose, "200 : 0 bytes"},
    {"HTTP/1.7 200 \n\n", kClose, "200 : 0 bytes"},
    {"<html>hello</html>", kOpen, kNotHttp + "'<'"},
    {"\x15\x03\x01\x01\x02\x02\x28", kOpen, kNotHttp + "'\\x15'"},
    {"SSH-2.0-OpenSSH_9.2\r\n", kOpen, kNotHttp + "'S'"},
    {"HTTP/1.1 20\r\n", kOpen, kNotHttp + "'HTTP/1.1 20\\x0d'"},
    {"HTTP/1.1 2000 OK", kOpen, kNotHttp + "'HTTP/1.1 2000'"},
    {"HTTP/2 200\r\n", kOpen, kNotHttp + "'HTTP/2'"},
    {"http/1.1 200 OK", kOpen, kNotHttp + "'h'"},
    // Limits.
    {kOk + "A: " + std::string(70000, 'x'), kOpen,
     "a line is longer than 64 KiB"},
    {kOk + repeated("A: " + kLine + "\r\n", 4) + "\r\n", kClose,
     "200 OK: 0 bytes"},
    {kOk + repeated("A: " + kLine + "\r\n", 5), kOpen,
     "the head is larger than 256 KiB"},
    {with_length("9223372036854775807", "abc"), kClose,
     "incomplete: 3 of 9223372036854775807 bytes"},
    // Content-Length.
    {with_length("5", "hello"), kOpen, "200 OK: 5 bytes"},
    {with_length("0", ""), kOpen, "200 OK: 0 bytes"},
    {with_length("5", "hello and more"), kOpen, "200 OK: 5 bytes"},
    {with_length("100", "0123456789"), kClose, "incomplete: 10 of 100 bytes"},
    {with_length("100", "0123456789"), kReset, kResetByPeer},
    {with_length("+5", ""), kOpen, kBadLength + "'+5'"},
    {with_length("-5", ""), kOpen, kBadLength + "'-5'"},
    {with_length("0x5", ""), kOpen, kBadLength + "'0x5'"},
    {with_length("", ""), kOpen, kBadLength + "''"},
    {with_length("9223372036854775808", ""), kOpen,
     kBadLength + "'9223372036854775808'"},
    {with_length("5\r\ncontent-length:5", "hello"), kOpen, "200 OK: 5 bytes"},
    {with_length("5, 5", "hello"), kOpen, "200 OK: 5 bytes"},
    {with_length("5\r\nContent-Length: 6", ""), kOpen,
     "two Content-Lengths, 5 and 6"},
    {with_length("5, 6", ""), kOpen, "two Content-Lengths, 5 and 6"},
    {"HTTP/1.1 204 No Content\r\n\r\n", kOpen, "204 No Content: 0 bytes"},
    {"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", kOpen,
     "304 Not Modified: 0 bytes"},
    // No length.
    {kOk + "\r\nhello", kReset, kResetByPeer},
    {"", kClose, "incomplete: no response"},
    {"", kReset, kResetByPeer},
    {"HTTP/1.1", kClose, "incomplete: the head ends early"},
    {kOk + "A: b\r\n", kClose, "incomplete: the head ends early"},
    {kOk + "A: b\r\n", kReset, kResetByPeer},
    // Transfer-Encoding.
    {kChunked + "5\r\nhello\r\nA ; x=\"y\"\r\n, and bye!\r\n0\r\nT: v\r\n\r\n",
     kOpen, "200 OK: 15 bytes"},
    {kOk + "Content-Length: 9\r\nTransfer-Encoding: Chunked\r\n\r\n0\r\n\r\n",
     kOpen, "200 OK: 0 bytes"},
    {kChunked + "5\r\nhel", kClose, "incomplete: 3" + kNoLastChunk},
    {kChunked + "5\r\nhello\r\n", kClose, "incomplete: 5" + kNoLastChunk},
    {kChunked + "5\r\nhello\r\n", kReset, kResetByPeer},
    {kChunked + "0\r\n", kClose, "incomplete: 0" + kNoLastChunk},
    {kChunked + "5\r\nhello!\r\n", kOpen,
     "a chunk is longer than its size says"},
    {kChunked + "-1\r\n", kOpen, "bad chunk size '-1'"},
    {kOk + "Transfer-Encoding: ,chunked,\r\n\r\n5\r\nhello\r\n0\r\n\r\n", kOpen,
     "200 OK: 5 bytes"},
    {kOk + "Transfer-Encoding: identity\r\nContent-Length: 5\r\n\r\nhello",
     kOpen, "200 OK: 5 bytes"},
    {kOk + "Transfer-Encoding:\r\n\r\nhello", kClose, "200 OK: 5 bytes"},
    // No body, whatever these fields say: RFC 9112 section 6.3, rule 1.
    {"HTTP/1.1 204 -\r\nContent-Length: -1\r\n\r\n", kOpen, "204 -: 0 bytes"},
    {"HTTP/1.1 304 -\r\nContent-Length: 5, 6\r\n\r\n", kOpen, "304 -: 0 bytes"},
    {"HTTP/1.1 204 -\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", kOpen,
     "204 -: 0 bytes"},
    {"HTTP/1.1 304 -\r\nContent-Length:\r\n\r\n", kOpen, "304 -: 0 bytes"},
    // A status from 100 on: RFC 9110 section 15.
    {"HTTP/1.1 000 -\r\n\r\n", kOpen, "not an HTTP/1.x response: 'HTTP/1.1 0'"},
    {"HTTP/1.1 099 -\r\n\r\n", kOpen, "not an HTTP/1.x response: 'HTTP/1.1 0'"},
    {"HTTP/1.1 600 -\r\n\r\n", kClose, "600 -: 0 bytes"},
    {kOk + "Transfer-Encoding: gzip, chunked\r\n\r\n", kOpen,
     "unsupported Transfer-Encoding 'gzip, chunked'"},
    // Interim responses, and the form of the head.
    {repeated(kInterim, 25) + with_length("5", "hello"), kOpen,
     "200 OK: 5 bytes"},
    {kInterim.substr(0, kInterim.size() - 2) + "Content-Length: -1\r\n\r\n" +
         with_length("5", "hello"),
     kOpen, "200 OK: 5 bytes"},
    {kInterim, kClose, "incomplete: the head ends early"},
    {"HTTP/1.1 101 Switching Protocols\r\n\r\n", kOpen,
     "status 101, switching protocols, which nobody asked for"},
    {kOk + "Content-Length:\r\n \t5\r\n\r\nhello", kOpen, "200 OK: 5 bytes"},
    {with_length("5\r\n 5", ""), kOpen, kBadLength + "'5 5'"},
    {kOk + " A: b\r\n", kOpen, "white space before the first header field"},
    {kOk + std::string("A: \0\r\n", 6), kOpen,
     "a NUL or a bare CR in the line 'A: \\x00'"},
    {kOk + "A: b\rc\r\n", kOpen, "a NUL or a bare CR in the line 'A: b\\x0dc'"},
    {kOk + "A b\r\n", kOpen, "bad header field 'A b'"},
};

void expect_verdicts(bool dribbled) {
  ScriptedServer server;
  std::vector<std::string> urls;
  for (const Row& row : kRows) {
    Script script;
    if (dribbled) {  // byte by byte, but for the huge ones
      script.dribble(row.response, 1 + row.response.size() / 1000);
    } else {
      script.send(row.response).until_received();
    }
    row.end == kOpen    ? script.stall()
    : row.end == kReset ? script.reset()
                        : script;
    const std::string path = "/" + std::to_string(urls.size());
    server.on(path, script);
    urls.push_back(server.url(path));
  }
  Jobs::Settings settings;
  settings.max_size = std::numeric_limits<std::uint64_t>::max();
  const std::vector<Result> results = fetch(urls, settings);
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    EXPECT_EQ(results[i].verdict(), kRows[i].expected())
        << testing::PrintToString(kRows[i].response.substr(0, 200));
  }
}

TEST(Response, IsJudgedAsTheRulesSayWhenItComesAtOnce) {
  expect_verdicts(false);
}

TEST(Response, IsJudgedAsTheRulesSayWhenItComesByteByByte) {
  expect_verdicts(true);
}

TEST(Response, MayBeAsLargeAsMaxSizeAndNoLarger) {
  const std::string declared = "the body of 6 bytes is larger than 5";
  const std::string counted = "the body is larger than 5 bytes";
  const std::vector<Row> rows = {
      {with_length("5", "hello"), kOpen, "200 OK: 5 bytes"},
      {with_length("6", ""), kOpen, declared},
      {kOk + "\r\nhello", kClose, "200 OK: 5 bytes"},
      {kOk + "\r\nhello!", kOpen, counted},
      {kChunked + "5\r\nhello\r\n0\r\n\r\n", kOpen, "200 OK: 5 bytes"},
      {kChunked + "3\r\nhel\r\n3\r\nlo!", kOpen, counted},
  };
  ScriptedServer server;
  Jobs::Settings settings;
  settings.max_size = 5;
  for (const Row& row : rows) {
    Script script = Script().dribble(row.response);
    server.on("/", row.end == kOpen ? script.stall() : script);
    EXPECT_EQ(fetch_one(server.url("/"), settings).verdict(), row.expected());
  }
}

TEST(Response, LeavesItsBodyInAFileByteByByteOrNothing) {
  std::string large(1 << 20, '\0');
  for (std::size_t i = 0; i < large.size(); ++i) {
    large[i] = static_cast<char>(i * 2654435761U >> 24);
  }
  std::string chunks;
  for (std::size_t at = 0; at < 60000; at += 6000) {
    chunks += "1770\r\n" + large.substr(at, 6000) + "\r\n";
  }
  const struct {
    Script script;
    std::string verdict;
    std::string body;
  } rows[] = {
      {Script().send(with_length("1048576", large)).stall(),
       "200 OK: 1048576 bytes", large},
      {Script().dribble(kChunked + chunks + "0\r\n\r\n", 997),
       "200 OK: 60000 bytes", large.substr(0, 60000)},
      {Script().send(with_length("0", "")).stall(), "200 OK: 0 bytes", ""},
      {Script().send("HTTP/1.1 204 None\r\n\r\n").stall(), "204 None: 0 bytes",
       ""},
      {Script().send(with_length("1048577", large)),
       "receive: incomplete: 1048576 of 1048577 bytes", ""},
      {Script().send(kOk + "\r\n" + large).until_received().reset(),
       "receive: connection reset by peer", ""},
      {Script().send(kChunked + chunks + "x\r\n"),
       "receive: bad chunk size 'x'", ""}};
  ScriptedServer server;
  std::vector<std::string> urls;
  for (const auto& row : rows) {
    urls.push_back(server.url("/" + std::to_string(urls.size())));
    server.on("/" + std::to_string(urls.size() - 1), row.script);
  }
  const TemporaryDirectory directory;
  Jobs::Settings settings;
  settings.directory = &directory.descriptor();
  const std::vector<Result> results = fetch(urls, settings);
  for (std::size_t i = 0; i < results.size(); ++i) {
    EXPECT_EQ(results[i].verdict(), rows[i].verdict);
    EXPECT_TRUE(results[i].body == rows[i].body) << rows[i].verdict;
  }
}

}  // namespace
