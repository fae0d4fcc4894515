// The words of the lesson: each of the glossary is explained once, where it is
// first needed; and no question of the READMEs is left without its answer.
#include <gtest/gtest.h>

#include <cctype>
#include <string>
#include <vector>

#include "tests/support/patterns.h"
#include "tests/support/source_text.h"

namespace {

// In the order in which they are read.
const Lines kReadmes = {"step1_blocking/README.md", "step2_callbacks/README.md",
                        "step3_generators/README.md",
                        "step4_coroutines/README.md"};

// What a reader reads as sentences: no code, no headings, no names of files.
std::string prose_of(const std::string& file) {
  std::string prose;
  bool in_block = false;
  for (const std::string& line : lines_of(file)) {
    if (line.find("```") != line.npos) {
      in_block = !in_block;
    } else if (!in_block && !line.starts_with('#')) {
      prose += line + "\n";
    }
  }
  prose = replaced(prose, "`[^`]*`", "");
  prose = replaced(prose, "\\]\\([^)]*\\)", "]");
  for (char& c : prose) {
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return prose;
}

std::vector<std::string> glossary() {
  std::vector<std::string> words;
  for (const std::string& line : lines_of("common/HANDOUT.md")) {
    const Lines word = groups(line, "- \\*([a-z]+)\\*: .*");
    if (!word.empty()) {
      words.push_back(word[1]);
    }
  }
  EXPECT_GE(words.size(), 11U) << "the glossary has lost words";
  return words;
}

TEST(Words, AreExplainedOnceWhereTheyAreFirstNeeded) {
  for (const std::string& word : glossary()) {
    const std::string bold = "\\*\\*" + word + "s?\\*\\*";
    std::ptrdiff_t explained = 0;
    for (const std::string& file : kReadmes) {
      const std::string prose = prose_of(file);
      if (explained == 0 && count(prose, bold) == 0) {
        EXPECT_EQ(count(prose, "\\b" + word + "s?\\b"), 0)
            << file << " uses the word '" << word
            << "', which is explained later, or nowhere";
      }
      explained += count(prose, bold);
    }
    EXPECT_EQ(explained, 1) << "explanations of '" << word << "'";
  }
}

TEST(Words, AreOnTheSheetThatEachStepLinks) {
  for (const std::string& file : kReadmes) {
    std::string text;
    for (const std::string& line : lines_of(file)) {
      text += line + "\n";
    }
    EXPECT_EQ(count(text, "\\]\\(\\.\\./common/HANDOUT\\.md\\)"), 1) << file;
  }
}

// A question, and what is folded below it.
struct Question {
  std::string file;
  std::string text;
  std::string answer;
};

std::vector<Question> questions_of(const std::string& file) {
  std::vector<Question> questions;
  bool there = false;
  bool folded = false;
  for (const std::string& line : lines_of(file)) {
    if (line.starts_with("#")) {
      there = line == "## Try it";
    } else if (there && !folded && line.starts_with("- ")) {
      questions.push_back({file, line, ""});
    } else if (there && line.find("<details>") != line.npos) {
      folded = true;
    } else if (there && line.find("</details>") != line.npos) {
      folded = false;
    } else if (there && !questions.empty() && line.starts_with("  ")) {
      (folded ? questions.back().answer : questions.back().text) += line + "\n";
    }
  }
  return questions;
}

TEST(Words, AnswerWhatTheReaderIsAskedToTry) {
  for (const std::string& file : kReadmes) {
    const std::vector<Question> questions = questions_of(file);
    EXPECT_GE(questions.size(), 2U) << file;
    for (const Question& question : questions) {
      EXPECT_GE(question.answer.size(), 40U)
          << file << ": no answer is folded below\n"
          << question.text;
      if (count(question.text, "`[a-z_]+\\.(h|cpp)`") > 0 &&
          count(question.text,
                "[Cc]hange|remove|forget|delete|let|leave|put|"
                "call `resume") > 0) {
        EXPECT_EQ(count(question.answer, "git checkout -- "), 1)
            << file << ": how is this undone?\n"
            << question.text;
      }
    }
  }
}

}  // namespace
