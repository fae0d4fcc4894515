#include "tests/support/source_text.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include "tests/support/places.h"

namespace {

Lines read_lines(std::istream& stream) {
  Lines lines;
  for (std::string line; std::getline(stream, line);) {
    lines.push_back(line);
  }
  return lines;
}

std::string squeezed(const std::string& line) {
  std::string result;
  std::remove_copy_if(line.begin(), line.end(), std::back_inserter(result),
                      [](char c) { return c == ' ' || c == '\t'; });
  return result;
}

}  // namespace

Lines split_lines(const std::string& text) {
  std::istringstream stream(text);
  return read_lines(stream);
}

Lines files_below(const std::string& root, const std::string& folder) {
  Lines files;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(root + "/" + folder)) {
    const std::string file = entry.path().lexically_relative(root);
    if (entry.is_regular_file() && !file.starts_with("tests/hands/mine/")) {
      files.push_back(file);
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

Lines lines_of(const std::string& path) {
  std::ifstream file(kSourceDir + "/" + path);
  if (!file) {
    throw std::runtime_error("cannot read " + path);
  }
  return read_lines(file);
}

std::size_t changed_lines(const Lines& from, const Lines& to) {
  // The longest common subsequence, a row at a time.
  std::vector<std::size_t> common(to.size() + 1, 0);
  for (const std::string& line : from) {
    std::size_t diagonal = 0;
    for (std::size_t j = 0; j < to.size(); ++j) {
      const std::size_t above = common[j + 1];
      common[j + 1] = squeezed(line) == squeezed(to[j])
                          ? diagonal + 1
                          : std::max(above, common[j]);
      diagonal = above;
    }
  }
  return from.size() + to.size() - 2 * common.back();
}
