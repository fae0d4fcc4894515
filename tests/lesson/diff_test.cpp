// The claims about the four texts: what reads alike, and how little differs.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "tests/support/patterns.h"
#include "tests/support/source_text.h"

namespace {

using Tokens = std::vector<std::string>;

const Lines kFunctions = {"look_up",       "connect_any", "send_all",
                          "read_response", "fetch",       "worker"};
const Lines kSteps = {"step1_blocking", "step2_callbacks", "step3_generators",
                      "step4_coroutines"};

// The lines of the function `name`, from its return type to the brace that
// ends it in the first column.
Lines function_lines(const Lines& file, const std::string& name) {
  const std::string head = "^[A-Za-z].*\\b" + name + "\\(.*";
  const auto begin =
      std::find_if(file.begin(), file.end(), [&](const std::string& line) {
        return matches(line, head) && line.back() != ';';
      });
  const auto end = std::find(begin, file.end(), "}");
  EXPECT_NE(end, file.end()) << "no function " << name;
  return end == file.end() ? Lines() : Lines(begin, end + 1);
}

Tokens tokens_of(const Lines& lines) {
  Tokens tokens;
  for (const std::string& line : lines) {
    const std::string code = line.substr(0, line.find("//"));
    for (const Lines& token :
         all_matches(code, "[A-Za-z_]\\w*|\\d+|::|->|&&|==|!=|--|\\S")) {
      tokens.push_back(token.front());
    }
  }
  return tokens;
}

// Replaces every run of tokens that matches `from`, in which "*" stands for
// any one token, which "*" in `to` puts back.
Tokens replace(const Tokens& tokens, const Tokens& from, const Tokens& to) {
  Tokens result;
  for (std::size_t i = 0; i < tokens.size();) {
    std::string any;
    std::size_t matched = 0;
    while (matched < from.size() && i + matched < tokens.size() &&
           (from[matched] == "*" || from[matched] == tokens[i + matched])) {
      any = from[matched] == "*" ? tokens[i + matched] : any;
      ++matched;
    }
    if (matched < from.size()) {
      result.push_back(tokens[i++]);
      continue;
    }
    for (const std::string& token : to) {
      result.push_back(token == "*" ? any : token);
    }
    i += matched;
  }
  return result;
}

// What is left of step 4 when everything that makes it a coroutine is taken
// away.
Tokens without_coroutine(Tokens tokens) {
  const std::vector<std::pair<Tokens, Tokens>> rules = {
      {{"co_await"}, {}},
      {{"co_return"}, {"return"}},
      {{"Task", "<", ">"}, {"void"}},
      {{"Task", "<", "*", ">"}, {"*"}},
      {{"EventLoop", "&", "loop", ","}, {}},
      {{"(", "loop", ","}, {"("}},
      {{"loop", ".", "readable", "("}, {"wait_readable", "("}},
      {{"loop", ".", "writable", "("}, {"wait_writable", "("}},
  };
  for (const auto& [from, to] : rules) {
    tokens = replace(tokens, from, to);
  }
  return tokens;
}

TEST(Diff, Step4ReadsLikeStep1TokenForToken) {
  const Lines step1 = lines_of("step1_blocking/fetch.cpp");
  const Lines step4 = lines_of("step4_coroutines/fetch.cpp");
  for (const std::string& name : kFunctions) {
    EXPECT_EQ(without_coroutine(tokens_of(function_lines(step4, name))),
              tokens_of(function_lines(step1, name)))
        << name << " of step 4, without co_await, is not " << name
        << " of step 1";
  }
}

// Above each class of step 3 stands the coroutine of step 4 that it is.
TEST(Diff, Step3QuotesStep4) {
  const Lines step3 = lines_of("step3_generators/fetch.cpp");
  const Lines step4 = lines_of("step4_coroutines/fetch.cpp");
  for (const std::string& name : kFunctions) {
    Lines quote = function_lines(step4, name);
    for (std::string& line : quote) {
      line.insert(0, "// ");
    }
    EXPECT_NE(
        std::search(step3.begin(), step3.end(), quote.begin(), quote.end()),
        step3.end())
        << "step 3 doesn't quote " << name << " as it stands in step 4";
  }
}

// A place where step 3 can stop is named after what it waits for there; a
// co_await of step 4 that awaits the loop is named after its function, and one
// that awaits a function after that.
TEST(Diff, Step3StopsWhereStep4Awaits) {
  const std::map<std::string, std::string> label = {
      {"look_up", "looking_up"},
      {"connect_any", "connecting"},
      {"send_all", "sending"},
      {"read_response", "reading"},
      {"fetch", "fetching"}};
  Lines awaits;
  const Lines step4 = lines_of("step4_coroutines/fetch.cpp");
  for (const std::string& name : kFunctions) {
    const Tokens tokens = tokens_of(function_lines(step4, name));
    for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
      if (tokens[i] == "co_await") {
        const bool leaf = tokens[i + 1] == "loop";
        awaits.push_back(label.at(leaf ? name : tokens[i + 1]));
      }
    }
  }
  Lines cases;
  for (const std::string& line : lines_of("step3_generators/fetch.cpp")) {
    const Lines match = groups(line, " *case At::(\\w+):");
    if (!match.empty() && match[1] != "start") {
      cases.push_back(match[1]);
    }
  }
  EXPECT_EQ(cases, awaits);
  EXPECT_FALSE(awaits.empty());
}

TEST(Diff, NeighbouringSketchesDifferByLittle) {
  const struct {
    std::string sketch;
    std::size_t lines;
    std::string before;
    std::size_t changed;
  } most[] = {
      {"step1_blocking/sketch", 65, "step1_blocking/sketch", 0},
      {"step2_callbacks/sketch_busy_wait", 65, "step1_blocking/sketch", 75},
      {"step2_callbacks/sketch", 65, "step2_callbacks/sketch_busy_wait", 75},
      {"step3_generators/sketch_future", 110, "step2_callbacks/sketch", 75},
      {"step3_generators/sketch", 110, "step3_generators/sketch_future", 75},
      {"step3_generators/sketch_yield_from", 135, "step3_generators/sketch",
       45},
      {"step3_generators/sketch_co_yield", 110, "step3_generators/sketch", 75},
      {"step4_coroutines/sketch", 110, "step3_generators/sketch_co_yield", 75},
      {"step4_coroutines/sketch_nested", 135, "step4_coroutines/sketch", 45}};
  for (const auto& [sketch, lines, before, changed] : most) {
    const Lines text = lines_of(sketch + ".cpp");
    EXPECT_LE(text.size(), lines) << sketch;
    EXPECT_GE(text.size(), 25U) << sketch;
    EXPECT_LE(changed_lines(lines_of(before + ".cpp"), text), changed)
        << before << " and " << sketch;
  }
}

// What a generator does by hand with the one inside it, co_await does.
TEST(Diff, YieldFromByHandIsCoAwait) {
  const auto has = [](const std::string& file, const Tokens& part) {
    const Tokens all = tokens_of(lines_of(file));
    return std::search(all.begin(), all.end(), part.begin(), part.end()) !=
           all.end();
  };
  EXPECT_TRUE(has("step3_generators/sketch_yield_from.cpp",
                  tokens_of({"if (Future* const future = read_all->resume()) {",
                             "return future;", "}"})));
  EXPECT_TRUE(has("step4_coroutines/sketch_nested.cpp",
                  tokens_of({"co_await read_all(s, response);"})));
}

// The function that fetches, from the first sketch to the last.
TEST(Diff, TheSketchThatFetchesChangesByADozenLines) {
  const Lines first =
      function_lines(lines_of("step1_blocking/sketch.cpp"), "get");
  const Lines last =
      function_lines(lines_of("step4_coroutines/sketch.cpp"), "get");
  std::size_t added = 0;
  for (const std::string& line : last) {
    added += std::find(first.begin(), first.end(), line) == first.end();
  }
  EXPECT_LE(added, 12U);
  EXPECT_LT(last.size(), first.size() + 12);
}

TEST(Diff, TheStepsKeepTheirSize) {
  const std::vector<std::pair<Lines, std::size_t>> budgets = {
      {{"step1_blocking/sketch.cpp"}, 40},
      {{"step1_blocking/fetch.cpp"}, 100},
      {{"step2_callbacks/fetch.cpp"}, 200},
      {{"step3_generators/fetch.cpp"}, 315},
      {{"step4_coroutines/fetch.cpp"}, 100},
      {{"step2_callbacks/event_loop.h", "step2_callbacks/event_loop.cpp"}, 100},
      {{"step3_generators/event_loop.h", "step3_generators/event_loop.cpp"},
       100},
      {{"step4_coroutines/event_loop.h", "step4_coroutines/event_loop.cpp"},
       100},
      {{"step4_coroutines/task.h", "step4_coroutines/future.h"}, 160}};
  for (const auto& [files, most] : budgets) {
    std::size_t lines = 0;
    for (const std::string& file : files) {
      lines += lines_of(file).size();
    }
    EXPECT_LE(lines, most) << files.front();
  }
  EXPECT_LE(lines_of("step4_coroutines/hooks.cpp").size(), 100U);
  EXPECT_LE(changed_lines(lines_of("step1_blocking/fetch.cpp"),
                          lines_of("step4_coroutines/fetch.cpp")),
            60U);
}

TEST(Diff, MainIsTheSameInEveryStep) {
  for (const std::string& step : kSteps) {
    EXPECT_EQ(lines_of(step + "/main.cpp"), lines_of("step1_blocking/main.cpp"))
        << step;
  }
}

TEST(Diff, NoStepHasAMacroOrALineThatDoesNotFit) {
  const std::map<std::string, Lines> files = {
      {kSteps[0], {"fetch.cpp", "main.cpp", "sketch.cpp", "wait.h"}},
      {kSteps[1],
       {"fetch.cpp", "main.cpp", "sketch.cpp", "sketch_busy_wait.cpp",
        "event_loop.h", "event_loop.cpp"}},
      {kSteps[2],
       {"fetch.cpp", "main.cpp", "sketch.cpp", "sketch_co_yield.cpp",
        "sketch_future.cpp", "sketch_yield_from.cpp", "event_loop.h",
        "event_loop.cpp", "future.h", "generator.h", "task.h"}},
      {kSteps[3],
       {"fetch.cpp", "main.cpp", "sketch.cpp", "sketch_nested.cpp", "hooks.cpp",
        "event_loop.h", "event_loop.cpp", "future.h", "task.h"}}};
  for (const auto& [step, names] : files) {
    for (const std::string& name : names) {
      for (const std::string& line : lines_of(step + "/" + name)) {
        EXPECT_LE(line.size(), 80U) << step << "/" << name << ": " << line;
        EXPECT_FALSE(line.starts_with("#define")) << step << "/" << name;
      }
    }
  }
}

}  // namespace
