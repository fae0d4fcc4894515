// The READMEs say what is so: their excerpts stand in the files that they name,
// and their transcripts are what the commands print.
//
// What stands behind the ``` of a block says how it is checked:
//
//   cpp FILE        lines of FILE, by themselves or indented further
//   diff OLD NEW    a diff of two files
//   console         after each "$ COMMAND" what it prints, times masked
//   console gdb     the same, but of a backtrace: some of its frames, in order
//   sh              commands that install, build or stop for the reader: not
//                   run here, but the first two of README.md are by .ci/run
//   mermaid, text   a drawing: not checked
//
// A line "..." leaves something out.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/patterns.h"
#include "tests/support/places.h"
#include "tests/support/process.h"
#include "tests/support/source_text.h"

namespace {

// A fenced block of a Markdown file.
struct Block {
  std::string file;
  std::size_t line;  // of its first line, counted from 1
  Lines info;        // the words behind the ```
  Lines lines;
};

Lines words_of(const std::string& text) {
  std::istringstream stream(text);
  Lines words;
  for (std::string word; stream >> word;) {
    words.push_back(word);
  }
  return words;
}

const std::string kFence = "```";

std::vector<Block> blocks_of(const std::string& file) {
  std::vector<Block> blocks;
  bool inside = false;
  std::size_t indentation = 0;
  std::size_t number = 0;
  for (const std::string& line : lines_of(file)) {
    ++number;
    const std::size_t fence = line.find(kFence);
    if (fence != line.npos && line.find_first_not_of(' ') == fence) {
      inside = !inside;
      indentation = fence;
      if (inside) {
        blocks.push_back({file,
                          number + 1,
                          words_of(line.substr(fence + kFence.size())),
                          {}});
      }
    } else if (inside) {
      blocks.back().lines.push_back(
          line.substr(std::min(indentation, line.size())));
    }
  }
  EXPECT_FALSE(inside) << file << ": the last block has no end";
  return blocks;
}

Lines markdown_files() {
  Lines files = {"README.md"};
  for (const std::filesystem::directory_entry& folder :
       std::filesystem::directory_iterator(kSourceDir)) {
    const std::string name = folder.path().filename();
    if (folder.is_directory() &&
        (name.starts_with("step") || name == "common" || name == "tests")) {
      for (const std::string& file : files_below(kSourceDir, name)) {
        if (file.ends_with(".md")) {
          files.push_back(file);
        }
      }
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<Block> blocks_marked(const std::string& kind) {
  std::vector<Block> marked;
  for (const std::string& file : markdown_files()) {
    for (const Block& block : blocks_of(file)) {
      if (!block.info.empty() && block.info.front() == kind) {
        marked.push_back(block);
      }
    }
  }
  EXPECT_FALSE(marked.empty()) << "no block is marked " << kind;
  return marked;
}

// --- Excerpts ---

bool is_gap(const std::string& line) {
  return line.find_first_not_of(' ') != line.npos &&
         line.substr(line.find_first_not_of(' ')) == "...";
}

// The runs of lines between the gaps.
std::vector<Lines> runs_of(const Lines& lines) {
  std::vector<Lines> runs(1);
  for (const std::string& line : lines) {
    if (is_gap(line)) {
      runs.emplace_back();
    } else {
      runs.back().push_back(line);
    }
  }
  std::erase(runs, Lines());
  return runs;
}

// Whether `line` is `part`, by itself or with `indentation` before it.
bool is_indented(const std::string& line, const std::string& part,
                 std::size_t indentation) {
  return line == part ||
         (!part.empty() && line == std::string(indentation, ' ') + part);
}

// Where `run` stands in `file` from line `from` on; the end if it doesn't.
std::size_t position_of(const Lines& run, const Lines& file, std::size_t from) {
  for (std::size_t at = from; at + run.size() <= file.size(); ++at) {
    if (file[at].size() < run[0].size()) {
      continue;
    }
    const std::size_t indentation = file[at].size() - run[0].size();
    std::size_t same = 0;
    while (same < run.size() &&
           is_indented(file[at + same], run[same], indentation)) {
      ++same;
    }
    if (same == run.size()) {
      return at;
    }
  }
  return file.size();
}

void expect_excerpt(const Block& block, const Lines& excerpt,
                    const std::string& path) {
  const Lines file = lines_of(path);
  std::size_t at = 0;
  for (const Lines& run : runs_of(excerpt)) {
    const std::size_t found = position_of(run, file, at);
    EXPECT_LT(found, file.size())
        << block.file << ":" << block.line << ": this isn't in " << path
        << ", at least not here:\n"
        << testing::PrintToString(run);
    at = found == file.size() ? at : found + run.size();
  }
}

TEST(Prose, ExcerptsStandInTheFilesThatTheyName) {
  for (const Block& block : blocks_marked("cpp")) {
    ASSERT_EQ(block.info.size(), 2U)
        << block.file << ":" << block.line << ": an excerpt of which file?";
    expect_excerpt(block, block.lines, block.info[1]);
  }
}

// The lines of a diff that one of its sides has.
Lines side_of(const Lines& diff, char side) {
  Lines lines;
  for (const std::string& line : diff) {
    if (is_gap(line)) {
      lines.push_back(line);
    } else if (line.empty() || line[0] == ' ' || line[0] == side) {
      lines.push_back(line.substr(std::min<std::size_t>(line.size(), 1)));
    }
  }
  return lines;
}

TEST(Prose, DiffsAreOfTheFilesThatTheyName) {
  for (const Block& block : blocks_marked("diff")) {
    ASSERT_EQ(block.info.size(), 3U)
        << block.file << ":" << block.line << ": a diff of which two files?";
    expect_excerpt(block, side_of(block.lines, '-'), block.info[1]);
    expect_excerpt(block, side_of(block.lines, '+'), block.info[2]);
  }
}

TEST(Prose, EveryBlockSaysHowItIsChecked) {
  const Lines known = {"cpp", "diff", "console", "sh", "mermaid", "text"};
  for (const std::string& file : markdown_files()) {
    for (const Block& block : blocks_of(file)) {
      EXPECT_TRUE(!block.info.empty() && std::count(known.begin(), known.end(),
                                                    block.info.front()) == 1)
          << file << ":" << block.line;
    }
  }
}

// By its path in the project, or by its name in its folder or in a step.
TEST(Prose, EveryFileThatIsNamedExists) {
  const std::string name = "[`(]((?:[\\w.]+/)*[\\w.]+\\.(?:h|cpp|md|txt))[`)]";
  for (const std::string& file : markdown_files()) {
    const Lines folders = {"",
                           std::filesystem::path(file).parent_path().string(),
                           "step1_blocking",
                           "step2_callbacks",
                           "step3_generators",
                           "step4_coroutines"};
    for (const std::string& line : lines_of(file)) {
      for (const Lines& match : all_matches(line, name)) {
        const std::string& path = match[1];
        EXPECT_TRUE(std::any_of(folders.begin(), folders.end(),
                                [&path](const std::string& folder) {
                                  return std::filesystem::exists(
                                      kSourceDir + "/" + folder + "/" + path);
                                }))
            << file << " names " << path;
      }
    }
  }
}

// The cells of a row of a table.
Lines cells_of(const std::string& row) {
  Lines cells;
  std::istringstream stream(row.substr(1));
  for (std::string cell; std::getline(stream, cell, '|');) {
    const std::size_t first = cell.find_first_not_of(" `");
    const std::size_t last = cell.find_last_not_of(" `");
    cells.push_back(first == cell.npos ? ""
                                       : cell.substr(first, last - first + 1));
  }
  return cells;
}

// The lesson file of a row of the cost table: "step2_sketch",
// "step2_callbacks".
std::string lesson_file(const std::string& program) {
  for (const std::filesystem::directory_entry& folder :
       std::filesystem::directory_iterator(kSourceDir)) {
    const std::string name = folder.path().filename();
    if (name == program) {
      return name + "/fetch.cpp";
    }
    if (name.starts_with(program.substr(0, program.find('_') + 1))) {
      return name + "/" + program.substr(program.find('_') + 1) + ".cpp";
    }
  }
  throw std::runtime_error("no such step: " + program);
}

// What else a row says is measured, and varies.
TEST(Prose, TheCostTableCountsTheLinesThatThereAre) {
  std::size_t rows = 0;
  for (const std::string& file : markdown_files()) {
    std::string before;
    for (const std::string& line : lines_of(file)) {
      if (!line.starts_with("| `step") || line.find('_') == line.npos) {
        before.clear();
        continue;
      }
      const Lines cells = cells_of(line);
      const std::string source = lesson_file(cells[0]);
      if (source.ends_with("/fetch.cpp") &&
          before.find("/sketch") != before.npos) {
        before.clear();
      }
      const Lines lines = lines_of(source);
      EXPECT_EQ(cells[1], std::to_string(lines.size())) << file << ": " << line;
      EXPECT_EQ(cells[2], before.empty() ? ""
                                         : std::to_string(changed_lines(
                                               lines_of(before), lines)))
          << file << ": " << line;
      // The one that compiles begins where the one by hand began.
      before = source.ends_with("/sketch_yield_from.cpp") ? before : source;
      ++rows;
    }
  }
  EXPECT_EQ(rows, 4U + 13U);
}

// Answers that are folded aside: nobody reads them who hasn't asked.
TEST(Prose, AReadmeIsReadInAQuarterOfAnHour) {
  for (const std::string& file : markdown_files()) {
    std::size_t lines = 0;
    bool folded = false;
    for (const std::string& line : lines_of(file)) {
      folded = folded || line.find("<details>") != line.npos;
      lines += folded ? 0 : 1;
      folded = folded && line.find("</details>") == line.npos;
    }
    EXPECT_LE(lines, file.starts_with("step") ? 200U : 150U) << file;
  }
}

// --- Transcripts ---

struct Transcript {
  std::string command;
  Lines output;
};

std::vector<Transcript> transcripts_of(const Block& block) {
  std::vector<Transcript> transcripts;
  for (const std::string& line : block.lines) {
    if (line.starts_with("$ ")) {
      transcripts.push_back({line.substr(2), {}});
    } else if (transcripts.empty()) {
      throw std::runtime_error(block.file + ": output without a command");
    } else if (transcripts.back().command.ends_with('\\')) {
      transcripts.back().command += "\n" + line;
    } else {
      transcripts.back().output.push_back(line);
    }
  }
  return transcripts;
}

// Runs `command` as somebody does who stands in the root of the project and has
// built in `folder`.
Lines output_of(std::string command, const std::string& folder) {
  command = replaced(command, "(^|[ \n])" + folder + "/bin/",
                     "$1'" + kPrograms + "'");
  command =
      replaced(command, "--build build\\b", "--build '" + kBuildDir + "'");
  return split_lines(run({"/bin/bash", "-c",
                          "cd '" + kSourceDir + "' && " + command + " 2>&1"})
                         .out);
}

// `line` without what is different each time: times, ports, and the bars of the
// timeline.
std::string masked(std::string line) {
  line = replaced(line, "127\\.0\\.0\\.1:[0-9]+", "SERVER");
  line = replaced(line, "\\|[^|]*\\|", "|BAR|");
  return replaced(line, "[0-9]+\\.[0-9]+", "N");
}

// Sorted, since fetches that overlap end in any order, and without what the
// build tool says, or the ticks of the timeline's scale.
Lines comparable(const Lines& output) {
  const std::string left_out = "(\\[ *[0-9]+%\\]|g?make|ninja:| +'0 ).*";
  Lines lines;
  for (const std::string& line : output) {
    if (!is_gap(line) && !matches(line, left_out)) {
      lines.push_back(masked(line));
    }
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

TEST(Prose, TranscriptsAreWhatTheCommandsPrint) {
  for (const Block& block : blocks_marked("console")) {
    if (block.info.size() > 1) {
      continue;  // a backtrace
    }
    for (const auto& [command, output] : transcripts_of(block)) {
      const Lines expected = comparable(output);
      const Lines printed = comparable(output_of(command, "build"));
      const bool whole = std::none_of(output.begin(), output.end(), is_gap);
      EXPECT_TRUE(whole ? printed == expected
                        : std::includes(printed.begin(), printed.end(),
                                        expected.begin(), expected.end()))
          << block.file << ":" << block.line << ": " << command
          << "\nsays here, masked and sorted:\n"
          << testing::PrintToString(expected) << "\nand prints:\n"
          << testing::PrintToString(printed);
    }
  }
}

// A speaker's commands print what fits a screen. (Exercises print what their
// reader has written, and gdb needs a build of its own.)
TEST(Prose, WhatASpeakerShowsFitsTheScreen) {
  std::size_t commands = 0;
  for (const std::string& line : lines_of("common/WORKSHOP.md")) {
    const Lines row =
        groups(line, "\\| [0-9]+ \\|.*\\| `((?:[^`|]|\\\\\\|)+)` \\|");
    if (row.empty() || row[1].find("exercise_") != line.npos ||
        row[1].find("build-debug") != line.npos) {
      continue;
    }
    const std::string command = replaced(row[1], "\\\\\\|", "|");
    const Lines printed = output_of(command, "build");
    EXPECT_GE(printed.size(), 1U) << command;
    EXPECT_LE(printed.size(), 40U) << command;
    for (const std::string& shown : printed) {
      const bool is_ninjas = shown.starts_with("[0/1] cd ");  // its command
      EXPECT_TRUE(shown.size() <= 100 || is_ninjas) << command << "\n" << shown;
    }
    ++commands;
  }
  EXPECT_GE(commands, 14U) << "rows are not found any more";
}

// A frame of a backtrace: "FUNCTION at FILE:LINE" is in it.
bool is_frame(const std::string& printed, const std::string& shown) {
  const std::size_t at = shown.find(" at ");
  return printed.starts_with('#') && at != shown.npos &&
         printed.find(shown.substr(0, at)) != printed.npos &&
         printed.ends_with(shown.substr(at + 4));
}

// What gdb says where a container doesn't let it trace.
bool is_refusal(const std::string& printed) {
  return printed.find("Operation not permitted") != printed.npos ||
         printed.find("ptrace") != printed.npos;
}

TEST(Prose, BacktracesAreWhatGdbShows) {
  if (!kUnoptimisedByGcc) {
    GTEST_SKIP() << "backtraces are those of g++, not optimised";
  }
  if (run({"/bin/sh", "-c", "gdb --version"}).status != 0) {
    GTEST_SKIP() << "gdb is not installed";
  }
  for (const Block& block : blocks_marked("console")) {
    if (block.info.size() == 1) {
      continue;
    }
    for (const auto& [command, output] : transcripts_of(block)) {
      const Lines printed = output_of(command, "build-debug");
      if (std::any_of(printed.begin(), printed.end(), is_refusal)) {
        GTEST_SKIP() << "gdb may not trace here";
      }
      auto at = printed.begin();
      for (const std::string& shown : output) {
        at = std::find_if(at, printed.end(), [&](const std::string& line) {
          return is_frame(line, shown);
        });
        ASSERT_NE(at, printed.end())
            << block.file << ":" << block.line << ": no frame " << shown
            << " after those before it:\n"
            << testing::PrintToString(printed);
      }
    }
  }
}

}  // namespace
