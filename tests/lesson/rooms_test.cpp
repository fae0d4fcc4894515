// Which way dependencies go: the rooms of common/, and what the steps use.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>

#include "tests/support/patterns.h"
#include "tests/support/places.h"
#include "tests/support/source_text.h"
#include "tests/support/temporary_directory.h"

namespace {

using Names = std::set<std::string>;

// What each room of common/ may include, itself aside.
const std::map<std::string, Names> kRooms = {
    {"base", {}},
    {"net", {"base"}},
    {"http", {"base", "net"}},
    {"view", {"base", "net", "http"}},
    {"demo", {"base", "net"}},
    {"program", {"base", "net", "http", "view", "demo"}},
    {"replay", {"base", "demo"}}};

// The files of `folder` and of the folders in it that are C++, by their path in
// the project.
Names sources_in(const std::string& folder) {
  Names sources;
  for (const std::string& file : files_below(kSourceDir, folder)) {
    if (file.ends_with(".h") || file.ends_with(".cpp")) {
      sources.insert(file);
    }
  }
  return sources;
}

// The paths that `file` includes in quotation marks.
Names includes_of(const std::string& file) {
  Names includes;
  for (const std::string& line : lines_of(file)) {
    const Lines match = groups(line, " *#include \"([^\"]+)\".*");
    if (!match.empty()) {
      includes.insert(match[1]);
    }
  }
  return includes;
}

// The folder of common/ that `path` is in, or "".
std::string room_of(const std::string& path) {
  const Lines match = groups(path, "common/([^/]+)/.+");
  return match.empty() ? "" : match[1];
}

TEST(Rooms, IncludeOnlyWhatComesBeforeThem) {
  std::map<std::string, std::size_t> found;
  for (const std::string& file : sources_in("common")) {
    const std::string room = room_of(file);
    ASSERT_TRUE(kRooms.count(room)) << file << " is in no room";
    ++found[room];
    for (const std::string& include : includes_of(file)) {
      const std::string other = room_of(include);
      EXPECT_TRUE(other == room || kRooms.at(room).count(other))
          << file << " includes " << include << ": " << room
          << "/ comes before it, or has nothing to do with it.";
    }
  }
  EXPECT_EQ(found.size(), kRooms.size());
}

// A step has nothing of another step, and of common/ the sketches and hooks.cpp
// alone use demo/, and main.cpp alone program/.
TEST(Rooms, AreUsedByTheStepsFromOutside) {
  for (const std::string step : {"step1_blocking", "step2_callbacks",
                                 "step3_generators", "step4_coroutines"}) {
    for (const std::string& file : sources_in(step)) {
      const std::string name = std::filesystem::path(file).filename();
      for (const std::string& include : includes_of(file)) {
        const std::string room = room_of(include);
        const bool own = include.find('/') == include.npos;
        const bool shown = name.starts_with("sketch") || name == "hooks.cpp";
        const bool fits = room == "demo"      ? shown
                          : room == "program" ? name == "main.cpp"
                          : room == "view"    ? false
                                              : kRooms.count(room) == 1;
        EXPECT_TRUE(own || fits) << file << " includes " << include;
      }
    }
  }
}

// Whoever solves an exercise has a second file of its name, and maybe a README.
TEST(Rooms, AreNotWhatLearnersWrite) {
  const TemporaryDirectory project;
  for (const std::string folder : {"tests/unit", "tests/hands/mine"}) {
    std::filesystem::create_directories(project.path(folder));
    std::ofstream(project.path(folder + "/4_1.cpp")) << "int main() {}\n";
  }
  EXPECT_EQ(files_below(project.path(), "tests"), Lines{"tests/unit/4_1.cpp"});
}

// So that a name alone says which file is meant. A pair of .h and .cpp is one;
// the tests' adapters and shadows stand in for a file of the same name.
TEST(Rooms, HaveNoBaseNameTwice) {
  for (const std::string folder : {"common", "tests"}) {
    std::map<std::string, Names> places;
    for (const std::string& file : sources_in(folder)) {
      const std::filesystem::path path(file);
      const bool stands_in =
          matches(file, "tests/(steps/step[1-4]|hard/interleavings/common)/.*");
      if (!stands_in) {
        places[path.stem()].insert(path.parent_path());
      }
    }
    for (const auto& [name, folders] : places) {
      EXPECT_EQ(folders.size(), 1U)
          << name << " is in " << testing::PrintToString(folders);
    }
  }
}

TEST(Rooms, HaveNoFileTooLongToReadInOneGo) {
  std::size_t lines = 0;
  std::size_t replay = 0;
  for (const std::string& file : sources_in("common")) {
    const std::size_t length = lines_of(file).size();
    EXPECT_LE(length, 250U) << file;
    (room_of(file) == "replay" ? replay : lines) += length;
  }
  EXPECT_LE(lines, 5900U) << "common/ grows: what can go?";
  EXPECT_LE(replay, 880U) << "common/replay/ grows: what can go?";
  EXPECT_LE(lines_of("common/replay/page.html").size(), 530U);
}

}  // namespace
