// step4_coroutines/hooks.cpp: what is written by hand there does what the
// compiler does, and none of its calls can be left out.
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "tests/support/patterns.h"
#include "tests/support/places.h"
#include "tests/support/process.h"
#include "tests/support/source_text.h"
#include "tests/support/temporary_directory.h"

namespace {

const std::string kHooks = "step4_coroutines/hooks.cpp";

// Both columns of a case.
using Cases = std::vector<Lines>;

Cases compiled_cases(const std::string& printed) {
  Cases cases;
  for (const std::string& line : split_lines(printed)) {
    if (line.starts_with("--")) {
      cases.emplace_back();
      continue;
    }
    const Lines columns = groups(line, "(.{22})(.*)");
    if (columns.empty() || cases.empty()) {
      ADD_FAILURE() << "not in two columns: " << line;
      continue;
    }
    EXPECT_EQ(replaced(columns[1], " +$", ""), columns[2]);
    cases.back().push_back(columns[2]);
  }
  return cases;
}

TEST(Hooks, AreCalledByHandAsByTheCompiler) {
  const Ended ended = run({kPrograms + "step4_hooks"});
  EXPECT_EQ(ended.status, 0);
  const Cases expected = {
      {"promise made", "get_return_object", "initial_suspend", "awaiter made",
       "await_ready", "await_resume", "return_value", "final_suspend",
       "promise destroyed"},
      {"promise made", "get_return_object", "initial_suspend", "awaiter made",
       "await_ready", "await_suspend", "await_resume", "return_value",
       "final_suspend", "promise destroyed"},
      {"promise made", "get_return_object", "initial_suspend", "awaiter made",
       "await_ready", "await_suspend", "await_resume", "unhandled_exception",
       "final_suspend", "promise destroyed"}};
  EXPECT_EQ(compiled_cases(ended.out), expected);
}

// A call that is written by hand, and what else can stand in its place.
struct Call {
  std::string text;
  std::string without;
};

const std::vector<Call> kCalls = {
    {"awaiter->await_ready()", "which == Case::ready"},
    {"awaiter->await_suspend([this] { resume(); })", "void()"},
    {"awaiter->await_resume()", "7"},
    {"awaiter.emplace(which)", "void()"},
    {"promise.return_value(value)", "void()"},
    {"promise.unhandled_exception()", "void()"},
    {"promise.final_suspend()", "void()"},
    {"promise.get_return_object()", "void()"},
    {"promise.initial_suspend()", "void()"},
    {"delete this", "void()"}};

// hooks.cpp with the number of the call to leave out as its argument.
std::string source_that_leaves_out() {
  std::string source;
  for (const std::string& line : lines_of(kHooks)) {
    source += line + "\n";
  }
  EXPECT_EQ(count(source, "(promise|awaiter)(\\.|->)\\w+\\(|delete this"),
            static_cast<std::ptrdiff_t>(kCalls.size()))
      << "a call by hand that isn't in the list";
  for (std::size_t i = 0; i < kCalls.size(); ++i) {
    const auto& [text, without] = kCalls[i];
    std::size_t at = source.find(text);
    if (at == source.npos || source.find(text, at + 1) != source.npos) {
      ADD_FAILURE() << "not once: " << text;
      continue;
    }
    const std::string frame = "frame->";
    std::string call = text;
    if (source.compare(at - frame.size(), frame.size(), frame) == 0) {
      at -= frame.size();
      call.insert(0, frame);
    }
    const bool nothing = without == "void()";
    source.replace(at, call.size(),
                   "(left_out == " + std::to_string(i) + " ? " + without +
                       " : " + (nothing ? "void(" + call + ")" : call) + ")");
  }
  source = replaced(source, "delete this", "[this] { delete this; }()");
  source = replaced(source, "int main\\(\\) \\{",
                    "int main(int, char** arguments) {\n"
                    "  left_out = std::stoi(arguments[1]);");
  return "int left_out = -1;\n" + source;
}

TEST(Hooks, CannotBeLeftOutByHand) {
  const TemporaryDirectory directory;
  const std::string program = directory.path("hooks");
  std::ofstream(program + ".cpp") << source_that_leaves_out();
  const Ended compiled =
      run({COMPILER, "-std=c++20", "-D_GLIBCXX_ASSERTIONS", "-I", kSourceDir,
           "-o", program, program + ".cpp"});
  ASSERT_EQ(compiled.status, 0) << compiled.err;
  EXPECT_EQ(run({program, "-1"}).status, 0);
  for (std::size_t i = 0; i < kCalls.size(); ++i) {
    const Ended ended = run({program, std::to_string(i)});
    EXPECT_NE(ended.status, 0) << "without " << kCalls[i].text << ":\n"
                               << ended.out;
  }
}

}  // namespace
