// What the program prints and what it saves, and that nothing it reads from the
// network can make it print or save anything else.
#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <csignal>
#include <map>

#include "tests/program/fixtures.h"

namespace {

TEST(Demo, FetchesTwoUrlsFromAServerOfItsOwn) {
  const Ended ended = run_step({});
  EXPECT_EQ(ended.status, 0);
  EXPECT_EQ(ended.err, "");
  const std::string line =
      "http://127\\.0\\.0\\.1:[0-9]+/(foo|bar): 200 OK, 52001 bytes, "
      "[0-9]+\\.[0-9]{2} seconds\n";
  const std::string timeline =  // timeline_test.cpp looks closer
      "/foo \\|[^\n]*\n/bar \\|[^\n]*\n +'0 s [^\n]*\n +[?] lookup[^\n]*\n"
      " +sum [0-9.]+ s, wall [0-9.]+ s\n";
  const std::vector<std::string> match = groups(
      ended.out, line + line + timeline +
                     "took ([0-9]+\\.[0-9]{2}) seconds \\([0-9]+\\.[0-9]{2} "
                     "CPU\\)\n");
  ASSERT_EQ(match.size(), 4U) << ended.out;
  EXPECT_NE(match[1], match[2]);
  EXPECT_GE(std::stod(match[3]), 0.94);
}

// Whether `line` is JSON (RFC 8259) with the six keys, and nothing else.
bool is_record(const std::string& line) {
  const std::string text =
      R"("([^"\\\x00-\x1f]|\\(["\\/bfnrt]|u[0-9a-f]{4}))*")";
  const std::string number = "(0|[1-9][0-9]*)";
  return matches(line, R"(\{"url":)" + text + R"(,"status":(null|)" + number +
                           R"(),"reason":(null|)" + text + R"(),"bytes":)" +
                           number + R"(,"seconds":)" + number +
                           R"(\.[0-9]+,"error":(null|)" + text + ")\\}\n");
}

TEST(Output, SaysWhatEachServerSaidButNothingThatATerminalObeys) {
  const struct {
    std::string response, status, text_reason, json_reason, bytes;
    std::string error = {}, json_error = "null";
  } answers[] = {
      {"HTTP/1.0 404 Not Found\r\nContent-Length: 0\r\n\r\n", "404",
       " Not Found", "\"Not Found\"", "0"},
      {"HTTP/1.1 500\r\n\r\nabc", "500", "", "\"\"", "3"},
      {"HTTP/1.0 200 \x1b[2J\xff\xc2\x9b\xc3\xa9\"\\\n\n", "200",
       " \\x1b[2J\\xff\\xc2\\x9b\xc3\xa9\"\\",
       "\"\\u001b[2J\xef\xbf\xbd\\u009b\xc3\xa9\\\"\\\\\"", "0"},
      {"HTTP/1.0 200 OK\nContent-Length: 10\n\nabc", "200", " OK", "\"OK\"",
       "3", "receive: incomplete: 3 of 10 bytes",
       "\"receive: incomplete: 3 of 10 bytes\""},
      {"HTTP/1.0 200 OK\nContent-Length: \x1b[2J\n\n", "200", " OK", "\"OK\"",
       "0", "receive: bad Content-Length '\\x1b[2J'",
       "\"receive: bad Content-Length '\\\\x1b[2J'\""},
      {"", "null", "", "null", "0", "receive: incomplete: no response",
       "\"receive: incomplete: no response\""},
  };
  ScriptedServer server;
  for (const auto& answer : answers) {
    const std::string url = server.url("/x");
    server.on("/x", Script().send(answer.response));
    const bool failed = !answer.error.empty();
    const std::string err = failed ? url + ": " + answer.error + "\n" : "";
    const std::string line = url + ": " + answer.status + answer.text_reason +
                             ", " + answer.bytes + " bytes, N seconds\n";
    const std::string record =
        "{\"url\":\"" + url + "\",\"status\":" + answer.status +
        ",\"reason\":" + answer.json_reason + ",\"bytes\":" + answer.bytes +
        ",\"seconds\":N,\"error\":" + answer.json_error + "}\n";
    for (const auto& [option, out] :
         {std::pair("--repeat=1", (failed ? "" : line) + kTook),
          std::pair("--json", record), std::pair("--quiet", std::string())}) {
      const Ended ended = run_step({option, url});
      EXPECT_EQ(masked(ended.out), out);
      EXPECT_EQ(ended.err, err);
      EXPECT_EQ(ended.status, failed ? 1 : 0);
      EXPECT_TRUE(out != record || is_record(ended.out)) << ended.out;
    }
  }
}

TEST(Output, NamesThePhaseAndTheCauseOfAFailure) {
  const Descriptor refusing = refusing_port();
  const std::string url = url_of(refusing, "/x");
  const std::string unknown = "http://unknown.test/";
  const Ended ended = run({kScriptedProgram, "-q", "-c1", url, unknown});
  EXPECT_EQ(ended.err, url + ": connect: connection refused\n" + unknown +
                           ": name lookup: name or service not known\n");
  EXPECT_EQ(ended.out, "");
  EXPECT_EQ(ended.status, 1);
}

TEST(StandardOutput, IsMissedWhenItCannotBeWritten) {
  const SlowServer server;
  const std::string url = server.url("/x?seconds=0");
  const Descriptor full(open("/dev/full", O_WRONLY | O_CLOEXEC), Phase::kSend);
  Pipe unread;
  unread.read_end.close();
  const std::pair<Surroundings, std::string> cases[] = {
      {{.closed = {1}}, "bad file descriptor"},
      {{.output = full.fd()}, "no space left on device"},
      {{.output = unread.write_end.fd()}, "broken pipe"}};
  for (const auto& [given, cause] : cases) {
    for (const char* const option : {"--help", "--version", "--json", "-c1"}) {
      const Ended ended = run_step({option, url}, given);
      EXPECT_EQ(ended.err,
                kPrefix + "cannot write to standard output: " + cause + "\n");
      EXPECT_EQ(ended.status, 1) << option;
    }
    EXPECT_EQ(run_step({"-q", url}, given).status, 0) << cause;
  }
}

TEST(StandardDescriptors, NeverBecomeSocketsWhenTheyAreClosed) {
  for (const std::vector<int>& closed :
       std::vector<std::vector<int>>{{0}, {1}, {2}, {1, 2}, {0, 1, 2}}) {
    ScriptedServer server;
    server.on("/x", Script().until("go").send("HTTP/1.0 204 Nothing\n\n"));
    const std::string url = server.url("/x");
    Process process({kProgram, url}, {.closed = closed});
    until([&server] { return server.requests().size() == 1; });
    for (const int fd : closed) {
      EXPECT_EQ(std::filesystem::read_symlink(
                    proc(process, "fd/" + std::to_string(fd))),
                "/dev/null");
    }
    server.open("go");
    const bool can_print =
        std::find(closed.begin(), closed.end(), 1) == closed.end();
    EXPECT_EQ(process.wait().status, can_print ? 0 : 1);
    EXPECT_EQ(
        server.requests(),
        Words{"GET /x HTTP/1.0\r\nHost: " + url.substr(7, url.size() - 9) +
              "\r\nUser-Agent: how-do-cpp-coroutines-work/1.0"
              "\r\nConnection: close\r\n\r\n"});
  }
}

TEST(Progress, IsShownOnATerminalOnlyWhenThereIsMuchToDo) {
  const SlowServer server;
  const std::string url = server.url("/x?seconds=0&bytes=1");
  const auto run_with = [&url](const char* repeat, bool terminal) {
    return run_step({"--repeat", repeat, url}, {.terminal = terminal});
  };
  const Ended much = run_with("25", true);
  EXPECT_GE(count(much.out, "[0-9]+ of 25 done, 0 failed\r +\r"), 1)
      << much.out;
  const std::string whole =
      "[\r\n]" + url.substr(0, url.find('?')) + "[^\r\n]*: 200 OK";
  EXPECT_EQ(count("\n" + much.out, whole), 25);
  const Ended little = run_with("3", true);
  const Ended piped = run_with("25", false);
  EXPECT_EQ(little.out.find("done"), little.out.npos);
  EXPECT_EQ(piped.err, "");
  EXPECT_EQ((much.out + little.out + piped.out).find('\x1b'), much.out.npos);
}

TEST(OpenFiles, MayBeFewAndThenFetchesAreFewerAtATime) {
  const SlowServer server;
  const std::string url = server.url("/x?seconds=0&bytes=1");
  const auto run_with = [&url](rlim_t hard) {
    return run_step({"-c10000", "--repeat=200", url},
                    {.settings = {{RLIMIT_NOFILE, {64, hard}}}});
  };
  const Ended few = run_with(64);
  // Step 1 does one at a time, which is what it is asked for.
  const bool overlaps = std::string(kStepName) != "step1_blocking";
  EXPECT_TRUE(matches(
      few.err, overlaps
                   ? kPrefix + "warning: only [0-9]+ fetches at a time: the "
                               "limit on open files allows no more\n"
                   : ""))
      << few.err;
  const Ended many = run_with(4096);
  EXPECT_EQ(many.err, "");
  for (const Ended& ended : {few, many}) {
    EXPECT_EQ(ended.status, 0);
    EXPECT_EQ(count(ended.out, "\n"), 201);
  }
}

// A shell that starts the program may have many open.
TEST(OpenFiles, ThatWereOpenBeforeCountToo) {
  const SlowServer server;
  const Ended ended = run(
      {"/bin/bash", "-c",
       "for ((i = 0; i < 170; ++i)); do exec {fd}</dev/null || exit 9; done; "
       "exec \"$@\"",
       "bash", kProgram, "-q", "-c500", "--repeat=300",
       server.url("/x?seconds=0.02&bytes=1")},
      {.settings = {{RLIMIT_NOFILE, {200, 200}}}});
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_EQ(count(ended.err, "too many open files"), 0) << ended.err;
}

TEST(OpenFiles, ThatAreTooFewForOneFetchAreNamed) {
  for (const rlim_t limit : {rlim_t{6}, rlim_t{9}, rlim_t{12}}) {
    const Ended ended =
        run_step({"-t20", "--no-timeline"},
                 {.settings = {{RLIMIT_NOFILE, {limit, limit}}}});
    EXPECT_TRUE(ended.status == 0 || ended.status == 1);
    EXPECT_TRUE(ended.status == 0 ||
                matches(ended.err,
                        kPrefix + "(the limit on open files is [0-9]+, and the "
                                  "least is [0-9]+|[a-z_0-9]+: Too many open "
                                  "files)\n"))
        << limit << ": " << ended.err;
  }
}

TEST(OutputDirectory, HoldsEachBodyUnderItsNumberAndName) {
  const SlowServer server;
  const TemporaryDirectory directory;
  const Ended ended =
      run_step({"-o", directory.path(), server.url("/a/x?seconds=0&bytes=3"),
                server.url("/b/x?seconds=0&bytes=0"),
                server.url("/?seconds=0&bytes=60")});
  EXPECT_EQ(ended.status, 0);
  EXPECT_EQ(directory.names(),
            (std::set<std::string>{"00001-x", "00002-x", "00003-index"}));
  EXPECT_EQ(directory.content("00001-x"), "He\n");
  EXPECT_EQ(directory.content("00002-x"), "");
  EXPECT_EQ(directory.content("00003-index"),
            "Hello, I am a slow server Hello, I am a slow server Hello, \n" +
                std::string());
}

TEST(OutputDirectory, IsNeverLeftWhateverTheUrlSays) {
  const SlowServer server;
  const TemporaryDirectory parent;
  const std::string directory = parent.path("bodies");
  std::filesystem::create_directory(directory);
  Words arguments = {"-o", directory};
  for (const std::string& path :
       {std::string("/.."), std::string("/../../x"),
        std::string("/%2e%2e%2f%2e%2e%2fx"), std::string("/..%2fx"),
        std::string("/a%00b"), std::string("/\\..\\x"), std::string("/%1b[2J"),
        std::string("/~"), std::string("/-rf"), "/" + std::string(300, 'n')}) {
    arguments.push_back(server.url(path + "?seconds=0&bytes=1"));
  }
  EXPECT_EQ(run_step(arguments).status, 0);
  EXPECT_EQ(parent.names(), std::set<std::string>{"bodies"});
  std::size_t found = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    EXPECT_TRUE(entry.is_regular_file() &&
                matches(entry.path().filename().string(),
                        "000[01][0-9]-[A-Za-z0-9._-]{1,255}"))
        << entry;
    ++found;
  }
  EXPECT_EQ(found, arguments.size() - 2);
}

TEST(OutputDirectory, KeepsNothingOfABodyThatCannotBeWritten) {
  const SlowServer server;
  const std::string url = server.url("/x?seconds=0");
  const TemporaryDirectory directory;
  const Ended full = run_step({"-o", directory.path(), url},
                              {.settings = {{RLIMIT_FSIZE, {20000, 20000}}}});
  EXPECT_EQ(full.err,
            url + ": receive: cannot write 00001-x.part: file too large\n");
  EXPECT_EQ(full.status, 1);
  EXPECT_EQ(directory.names(), std::set<std::string>());
  // One that is too large takes nothing from its neighbours.
  const Ended beside = run_step(
      {"-o", directory.path(), url, server.url("/y?seconds=0&bytes=9")},
      {.settings = {{RLIMIT_FSIZE, {20000, 20000}}}});
  EXPECT_EQ(beside.err, full.err);
  EXPECT_EQ(beside.status, 1);
  EXPECT_EQ(directory.names(), std::set<std::string>{"00002-y"});
}

// What one run has finished is no other's part, whatever the URLs ask for.
TEST(OutputDirectory, LosesNothingThatIsFinishedToAPart) {
  const SlowServer server;
  const TemporaryDirectory directory;
  const auto save = [&](const std::string& path) {
    EXPECT_EQ(run_step({"-q", "-o", directory.path(), server.url(path)}).err,
              "");
  };
  save("/x.part?seconds=0&bytes=3");
  save("/x?seconds=0&bytes=5");
  const Ended failed =
      run_step({"-q", "-o", directory.path(), "--max-size", "3",
                server.url("/x?seconds=0&bytes=7&chunks=2")});
  EXPECT_EQ(failed.status, 1);
  EXPECT_EQ(directory.names(),
            (std::set<std::string>{"00001-x", "00001-x.part_"}));
  EXPECT_EQ(directory.content("00001-x").size(), 5U);
  EXPECT_EQ(directory.content("00001-x.part_").size(), 3U);
}

// What a terminal of so many columns shows of `text`, which has no escape
// codes: its lines, without the blanks at their ends.
std::vector<std::string> screen(const std::string& text, std::size_t columns) {
  std::vector<std::string> lines(1);
  std::size_t column = 0;
  for (const char c : text) {
    if (c == '\n') {
      lines.emplace_back();
    } else if (c == '\r') {
      column = 0;
    } else {
      if (column == columns) {
        lines.emplace_back();
        column = 0;
      }
      lines.back().resize(std::max(lines.back().size(), column + 1), ' ');
      lines.back()[column++] = c;
    }
  }
  for (std::string& line : lines) {
    line.erase(line.find_last_not_of(' ') + 1);
  }
  return lines;
}

TEST(Progress, LeavesNothingBehindHoweverNarrowTheTerminal) {
  const SlowServer server;
  const std::string url = server.url("/x?seconds=0&bytes=1");
  const Descriptor nowhere(open("/dev/null", O_WRONLY | O_CLOEXEC),
                           Phase::kNone);
  for (const unsigned short columns : std::initializer_list<unsigned short>{
           1, 2, 5, 11, 12, 13, 20, 27, 28, 80, 200}) {
    const Surroundings terminal = {
        .output = nowhere.fd(), .terminal = true, .columns = columns};
    const Ended ended = run_step({"-c1", "--repeat=200", url}, terminal);
    EXPECT_EQ(ended.status, 0);
    EXPECT_EQ(screen(ended.out, columns), std::vector<std::string>{""})
        << columns << " columns: " << ended.out;
    EXPECT_EQ(ended.out.find("of 200") == ended.out.npos, columns <= 10)
        << columns << " columns";
    EXPECT_EQ(run_step({"-q", "-c1", "--repeat=200", url}, terminal).out, "");
  }
}

TEST(OutputDirectory, BelongsToOneRunAtATime) {
  const SlowServer server;
  const TemporaryDirectory directory;
  ASSERT_EQ(flock(directory.descriptor().fd(), LOCK_EX), 0);
  const Ended ended =
      run_step({"-o", directory.path(), server.url("/?seconds=0")});
  EXPECT_EQ(ended.err, kPrefix + "cannot write to the directory '" +
                           directory.path() + "': another run writes to it\n");
  EXPECT_EQ(ended.status, 1);
  EXPECT_EQ(server.peak_in_flight(), 0U);
}

TEST(OutputDirectory, MustBeThereBeforeAnythingIsFetched) {
  const SlowServer server;
  const TemporaryDirectory directory;
  std::ofstream(directory.path("file")) << "text";
  for (const auto& [name, cause] : std::map<std::string, std::string>{
           {directory.path("file"), "not a directory"},
           {directory.path("none"), "no such file or directory"}}) {
    const Ended ended = run_step({"-o", name, server.url("/?seconds=0")});
    EXPECT_EQ(ended.err, kPrefix + "cannot write to the directory '" + name +
                             "': " + cause + "\n");
    EXPECT_EQ(ended.status, 1);
    EXPECT_EQ(ended.out, "");
  }
  // As a script gives it whose variable isn't set.
  EXPECT_NE(run_step({"-o", "", server.url("/?seconds=0")}).status, 0);
  EXPECT_EQ(server.peak_in_flight(), 0U);
}

}  // namespace
