// The command line: what it takes, and what it refuses before anything is
// fetched.
#include <fstream>

#include "tests/program/fixtures.h"

namespace {

// `text` with the program's name before each line.
std::string prefixed(const std::string& text) {
  return kPrefix + replaced(text, "\n", "\n" + kPrefix) + "\n";
}

// That `arguments` are bad usage, whose message is `message`, and that nothing
// is fetched from a URL that stands beside them.
void expect_usage_error(Words arguments, const std::string& message,
                        const Surroundings& given = {}) {
  const SlowServer server;
  arguments.push_back(server.url("/?seconds=0"));
  const Ended ended = run_step(arguments, given);
  SCOPED_TRACE(testing::PrintToString(arguments));
  EXPECT_EQ(ended.status, 2);
  EXPECT_EQ(ended.out, "");
  EXPECT_EQ(ended.err, prefixed(message));
  EXPECT_EQ(server.peak_in_flight(), 0U);
}

TEST(CommandLine, RefusesWhatIsNotTheNumberItWants) {
  const std::string count = "a number from 1 to 1000000000";
  const struct {
    std::string name, full_name, wanted;
    Words bad;
  } options[] = {
      {"-c", "--concurrency", count, {"0", "1e3", "99999999999999999999"}},
      {"--repeat", "--repeat", count, {"0", "1e3", "1000000001"}},
      {"-t",
       "--timeout",
       "a number of seconds above 0",
       {"0", "0.0", "1e-10", "1e", "1e+-1", ".", "1.5.", "1,5",
        "1e99999999999"}},
      {"--max-size",
       "--max-size",
       "a number of bytes below 2^63 (k, M and G are powers of 1024)",
       {"1e3", "1.5", "k", "1T", "9223372036854775808", "8589934592G"}},
  };
  for (const auto& option : options) {
    Words bad = {"-1", "nan", "inf", "10x", "0x10", "+1", " 1", ""};
    bad.insert(bad.end(), option.bad.begin(), option.bad.end());
    for (const std::string& value : bad) {
      expect_usage_error({option.name, value},
                         option.full_name + ": '" + value + "' is not " +
                             option.wanted + " (see --help)");
    }
  }
}

TEST(CommandLine, TakesEveryNumberInRange) {
  const SlowServer server;
  const std::string url = server.url("/x?seconds=0&bytes=1024");
  for (const Words& option :
       std::vector<Words>{{"-c1"},
                          {"--concurrency", "1000000000"},
                          {"--timeout=0.5e2"},
                          {"-t", "1e3"},
                          {"-t", "99999999999999999999"},
                          {"-t", "1e999"},
                          {"-t", ".5E+1"},
                          {"--max-size", "1k"},
                          {"--max-size", "1024"},
                          {"--max-size", "9223372036854775807"},
                          {"--max-size", "8589934591G"},
                          {"--max-size=1M"},
                          {"--repeat", "1"}}) {
    Words arguments = option;
    arguments.push_back(url);
    const Ended ended = run_step(arguments);
    EXPECT_EQ(masked(ended.out),
              url + ": 200 OK, 1024 bytes, N seconds\n" + kTook);
    EXPECT_EQ(ended.err, "") << option.front();
    EXPECT_EQ(ended.status, 0);
  }
}

TEST(CommandLine, KeepsTheLimitsItIsGiven) {
  const SlowServer server;
  const std::string url = server.url("/x?seconds=0&bytes=1024");
  const Ended large = run_step({"--max-size", "1023", url});
  EXPECT_EQ(large.err,
            url + ": receive: the body of 1024 bytes is larger than 1023\n");
  EXPECT_EQ(large.status, 1);
  ScriptedServer silent;
  silent.on("/", Script().stall());
  const Ended late = run_step({"-t", "0.05", silent.url("/")});
  EXPECT_EQ(late.err, silent.url("/") + ": receive: timed out\n");
  EXPECT_EQ(late.status, 1);
  run_step({"-c2", "--repeat=9", server.url("/x?seconds=0.02")});
  EXPECT_LE(server.peak_in_flight(), 2U);
}

// The words of these messages are CLI11's.
TEST(CommandLine, RefusesWhatItDoesNotKnowAndWhatComesTwice) {
  const SlowServer server;
  for (const Words& arguments :
       std::vector<Words>{{"--nope"},
                          {"-z"},
                          {"--conc", "3"},
                          {"-c"},
                          {"-c1", "-c2"},
                          {"-i", "a", "-i", "b"},
                          {"-o", "/", "-o", "/"},
                          {"--trace"},
                          {"--trace", "a", "--trace", "b"},
                          {"--no\x1b[31mpe"}}) {
    Words all = arguments;
    all.insert(all.begin(), server.url("/?seconds=0"));
    const Ended ended = run_step(all);
    EXPECT_EQ(ended.status, 2) << arguments.front();
    EXPECT_EQ(ended.out, "");
    EXPECT_TRUE(
        matches(ended.err, kPrefix + "[ -~]*-[ -~]* \\(see --help\\)\n"))
        << ended.err;
  }
  EXPECT_EQ(server.peak_in_flight(), 0U);
}

TEST(CommandLine, RefusesATimelineWhereNoneCanBe) {
  for (const char* const other : {"--json", "--no-timeline"}) {
    const std::string message =
        std::string("--timeline: not with ") + other + " (see --help)";
    expect_usage_error({"--timeline", other}, message);
    expect_usage_error({other, "--timeline"}, message);
  }
  expect_usage_error({"--trace", ""},
                     "--trace: the name is empty (see --help)");
  for (const char* const other : {"--json", "--timeline"}) {
    expect_usage_error({"--story", other}, std::string("--story: not with ") +
                                               other + " (see --help)");
  }
  expect_usage_error({"--untimed"},
                     "--untimed: only with --story (see --help)");
}

TEST(CommandLine, NamesEveryBadUrlAndFetchesNone) {
  expect_usage_error(
      {"ftp://a/", "http://", "http://a:0/", "http://a b/", "", "http://\x1b/",
       "http://u@a/", "http://[::1/"},
      "bad URL 'ftp://a/': it does not begin with http://\n"
      "bad URL 'http://': it has no host\n"
      "bad URL 'http://a:0/': the port is not a number from 1 to 65535\n"
      "bad URL 'http://a b/': it has a space (write %20)\n"
      "bad URL '': it does not begin with http://\n"
      "bad URL 'http://\\x1b/': it has a control character\n"
      "bad URL 'http://...@a/': it has a user name\n"
      "bad URL 'http://[::1/': the bracket is not closed");
}

// Not even by a library that has a meaning of its own for brackets.
TEST(CommandLine, TakesEachArgumentForOneUrl) {
  const std::string cause = ": it does not begin with http://";
  for (const std::string argument :
       {"[]",  "[a,b]", "[[a],[b]]", "{}",    "%%", "a,b",  "a b",
        "a;b", "'a'",   "@file",     "$HOME", "~",  "-",    "+",
        "++",  "/?",    "/c",        "#a",    "\\", "\"a\""}) {
    const bool space = argument == "a b";
    const std::string message =
        "bad URL '" + argument + "'" +
        (space ? ": it has a space (write %20)" : cause);
    expect_usage_error({argument}, message);
    expect_usage_error({"--", argument}, message);
    const Ended alone = run_step({argument});
    EXPECT_EQ(alone.err, prefixed(message));
    EXPECT_EQ(alone.status, 2);
  }
  expect_usage_error({"--", "-c1"}, "bad URL '-c1'" + cause);
}

TEST(CommandLine, TakesTheValueOfAnOptionAsItIs) {
  expect_usage_error({"-c", "[1]"},
                     "--concurrency: '[1]' is not a number from 1 to "
                     "1000000000 (see --help)");
  for (const std::string name : {"[]", "[a,b]", "{}", "%%"}) {
    expect_usage_error({"-i", name}, "cannot read the input file '" + name +
                                         "': no such file or directory");
    const Ended ended = run_step({"-o", name, "http://127.0.0.1/"});
    EXPECT_EQ(ended.err, kPrefix + "cannot write to the directory '" + name +
                             "': no such file or directory\n");
    EXPECT_EQ(ended.status, 1);
  }
}

TEST(CommandLine, PrintsItsHelpAndItsVersion) {
  const Ended help = run_step({"--help"});
  EXPECT_EQ(help.status, 0);
  for (const char* const option :
       {"--concurrency", "--timeout", "--max-size", "--input-file", "--repeat",
        "--output-dir", "--json", "--quiet", "--timeline", "--no-timeline",
        "--trace", "--story", "--untimed", "--version", "--help", "URL"}) {
    EXPECT_NE(help.out.find(option), help.out.npos) << option;
  }
  const Ended version = run_step({"--version"});
  EXPECT_EQ(version.status, 0);
  EXPECT_TRUE(
      matches(version.out, std::string(kStepName) + " [0-9]+(\\.[0-9]+)+\n"));
  EXPECT_EQ(help.err + version.err, "");
}

TEST(CommandLine, FetchesEachUrlAsOftenAsItIsTold) {
  const SlowServer server;
  const Ended ended =
      run_step({"--repeat=3", "--json", server.url("/a?seconds=0"),
                server.url("/b?seconds=0")});
  EXPECT_EQ(count(ended.out, "\n"), 6);
  EXPECT_EQ(count(ended.out, "/a[?]"), 3);
  EXPECT_EQ(count(ended.out, "/b[?]"), 3);
}

TEST(InputFile, IsReadLineByLine) {
  const SlowServer server;
  const auto url = [&server](const char* path) {
    return server.url(path) + "?seconds=0&bytes=1";
  };
  // As lists are: with a byte-order mark, CRLF, blanks around, and comments.
  const std::string text = "\xEF\xBB\xBF# comment\r\n\r\n" + url("/a") +
                           "\r\n \t \n\n \t" + url("/b") +
                           " \t\r\n  # http://a/\n#\n\v" + url("/c") + "\f";
  const TemporaryDirectory directory;
  const std::string file = directory.path("urls");
  std::ofstream(file) << text;
  for (const Ended& ended :
       {run_step({"-i", file, "-c1"}),
        run_step({"--input-file=-", "-c1"}, {.input = text})}) {
    std::string expected;
    for (const char* const path : {"/a", "/b", "/c"}) {
      expected += url(path) + ": 200 OK, 1 bytes, N seconds\n";
    }
    EXPECT_EQ(masked(ended.out), expected + kTook);
    EXPECT_EQ(ended.err, "");
    EXPECT_EQ(ended.status, 0);
  }
  const Ended none = run_step({"-i", "-"}, {.input = "# nothing\n"});
  EXPECT_EQ(masked(none.out), kTook);
  EXPECT_EQ(none.status, 0);
}

TEST(InputFile, IsNamedWithTheLineThatIsWrong) {
  using std::string_literals::operator""s;
  expect_usage_error(
      {"-i", "-"},
      "-:2: bad URL 'ftp://a/': it does not begin with http://\n"
      "-:4: bad URL 'http://a/\\x00': it has a control character\n"
      "-:5: bad URL '\\x1b[2J': it has a control character\n"
      "-:6: bad URL 'http://\\xef\\xbb\\xbfa/': it has a character outside "
      "ASCII "
      "(percent-encode it)\n"
      "-:7: bad URL 'http://...@a/': it has a user name",
      {.input = "http://a/\nftp://a/\n\nhttp://a/\0\n\x1b[2J\n"
                "http://\xEF\xBB\xBF"
                "a/\nhttp://u:secret@a/\n"s});
}

TEST(InputFile, IsRefusedWhenItCannotBeRead) {
  const std::string message = "cannot read the input file ";
  expect_usage_error({"-i", "/"}, message + "'/': is a directory");
  expect_usage_error({"-i", "/no\x1b"},
                     message + "'/no\\x1b': no such file or directory");
  expect_usage_error({"-i", ""}, message + "'': no such file or directory");
  expect_usage_error({"-i", "-"}, message + "'-': bad file descriptor",
                     {.closed = {0}});
}

}  // namespace
