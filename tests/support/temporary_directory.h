// A TemporaryDirectory is gone, with all that is in it, when the test ends.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <utility>

#include "common/net/descriptor.h"

class TemporaryDirectory {
 public:
  TemporaryDirectory() : path_(testing::TempDir() + "bodies-XXXXXX") {
    EXPECT_NE(mkdtemp(path_.data()), nullptr);
    descriptor_ =
        Descriptor(open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC),
                   Phase::kReceive);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const Descriptor& descriptor() const { return descriptor_; }
  std::string path(const std::string& name = "") const {
    return path_ + "/" + name;
  }

  std::set<std::string> names() const {
    std::set<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(path_)) {
      found.insert(entry.path().filename());
    }
    return found;
  }

  std::string content(const std::string& name) const {
    std::ifstream file(path(name), std::ios::binary);
    EXPECT_TRUE(file) << name;
    std::ostringstream text;
    text << file.rdbuf();
    return std::move(text).str();
  }

 private:
  std::string path_;
  Descriptor descriptor_;
};
