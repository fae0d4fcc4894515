#include "common/http/body_file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/net/url.h"
#include "tests/support/temporary_directory.h"

namespace {

using Names = std::set<std::string>;

// What `action` throws, or "".
template <typename Action>
std::string error_of(const Action& action) {
  try {
    action();
  } catch (const FetchError& error) {
    return error.what();
  }
  return "";
}

class BodyFileTest : public testing::Test {
 protected:
  TemporaryDirectory directory_;
};

TEST_F(BodyFileTest, HasItsFinalNameOnlyOnceItIsKept) {
  BodyFile file(directory_.descriptor(), "x");
  EXPECT_EQ(directory_.names(), Names());
  file.write("hello, ");
  file.write("world");
  EXPECT_EQ(directory_.names(), Names{"x.part"});
  file.keep();
  EXPECT_EQ(directory_.names(), Names{"x"});
  EXPECT_EQ(directory_.content("x"), "hello, world");
}

TEST_F(BodyFileTest, LeavesWhatWasKeptAndNothingElse) {
  { const BodyFile never_written(directory_.descriptor(), "a"); }
  BodyFile(directory_.descriptor(), "b").write("hello");
  BodyFile(directory_.descriptor(), "c").keep();
  EXPECT_EQ(directory_.names(), Names{"c"});
  EXPECT_EQ(directory_.content("c"), "");  // an empty body is a file too
}

TEST_F(BodyFileTest, TakesThePlaceOfAnEarlierOne) {
  std::ofstream(directory_.path("x")) << "before";
  std::ofstream(directory_.path("x.part")) << "left over from a crash";
  BodyFile file(directory_.descriptor(), "x");
  file.write("now");
  EXPECT_EQ(directory_.content("x"), "before");
  file.keep();
  EXPECT_EQ(directory_.content("x"), "now");
  EXPECT_EQ(directory_.names(), Names{"x"});
}

TEST_F(BodyFileTest, WritesToNothingThatIsThereAlready) {
  std::ofstream(directory_.path("precious")) << "precious";
  std::filesystem::create_symlink("precious", directory_.path("x.part"));
  std::filesystem::create_symlink("precious", directory_.path("y"));
  ASSERT_EQ(mkfifo(directory_.path("z.part").c_str(), 0600), 0);
  for (const char* const name : {"x", "y", "z"}) {
    BodyFile file(directory_.descriptor(), name);
    file.write("hello");
    file.keep();
    EXPECT_EQ(directory_.content(name), "hello");
  }
  EXPECT_EQ(directory_.content("precious"), "precious");
  EXPECT_EQ(directory_.names(), (Names{"precious", "x", "y", "z"}));
}

TEST_F(BodyFileTest, FailsInADirectoryThatIsGone) {
  std::filesystem::remove(directory_.path());
  BodyFile file(directory_.descriptor(), "x");
  const std::string gone = "receive: cannot write x.part: ";
  EXPECT_EQ(error_of([&file] { file.write("hello"); }),
            gone + error_text(ENOENT));
  EXPECT_EQ(error_of([&file] { file.keep(); }), gone + error_text(ENOENT));
}

TEST_F(BodyFileTest, FailsWhereADirectoryHasItsName) {
  std::filesystem::create_directory(directory_.path("x"));
  {
    BodyFile file(directory_.descriptor(), "x");
    file.write("hello");
    EXPECT_EQ(error_of([&file] { file.keep(); }),
              "receive: cannot write x.part: " + error_text(EISDIR));
  }
  EXPECT_EQ(directory_.names(), Names{"x"});
}

// Runs in a process of its own, which may keep the limit.
TEST_F(BodyFileTest, FailsWhenNoMoreFits) {
  const auto write_too_much = [this] {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit = {1000, 1000};
    setrlimit(RLIMIT_FSIZE, &limit);
    BodyFile file(directory_.descriptor(), "x");
    file.write(std::string(600, 'x'));
    // The kernel takes 400 of these, and then none.
    return error_of([&file] { file.write(std::string(600, 'x')); });
  };
  const std::string expected =
      "receive: cannot write x.part: " + error_text(EFBIG);
  EXPECT_EXIT(std::_Exit(write_too_much() == expected ? 0 : 1),
              testing::ExitedWithCode(0), "");
  EXPECT_EQ(directory_.names(), Names());
}

// Where two runs write to one directory because it can't be locked.
TEST_F(BodyFileTest, FailsWhenAnotherRunHasTakenItsName) {
  BodyFile second(directory_.descriptor(), "x");
  {
    BodyFile first(directory_.descriptor(), "x");
    first.write("first");
    second.write("sec");
    EXPECT_EQ(error_of([&first] { first.keep(); }),
              "receive: another run has taken x.part");
  }
  second.write("ond");
  second.keep();
  EXPECT_EQ(directory_.names(), Names{"x"});
  EXPECT_EQ(directory_.content("x"), "second");
}

TEST(BodyFileName, IsHarmlessWhateverThePath) {
  const std::string xs(300, 'x');
  const std::vector<std::pair<std::string, std::string>> names = {
      {"", "00007-index"},
      {"/a/?b=/c", "00007-index"},
      {"/x.part", "00007-x.part_"},
      {"/.part", "00007-.part_"},
      {"/x.part.part", "00007-x.part.part_"},
      {"/x.parts", "00007-x.parts"},
      {"/a/b.txt?b=/c", "00007-b.txt"},
      {"/a/../..", "00007-.."},
      {"/%2e%2e%2fetc%2fpasswd", "00007-_2e_2e_2fetc_2fpasswd"},
      {"/..\\..\\x", "00007-.._.._x"},
      {"/%00", "00007-_00"},
      {"/-rf$(x)`y`;'\"*~", "00007--rf__x__y______"},
      {"/" + xs, "00007-" + xs.substr(200)},
  };
  for (const auto& [path, name] : names) {
    EXPECT_EQ(body_file_name(7, Url("http://a" + path)), name);
  }
  const Url url("http://a/b");
  EXPECT_EQ(body_file_name(123456, url), "123456-b");
  EXPECT_EQ(body_file_name(~std::uint64_t(0), url), "18446744073709551615-b");
}

}  // namespace
