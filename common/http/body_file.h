// A BodyFile keeps one response's body in a file, whole or not at all.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/net/descriptor.h"

class Url;

// The bytes go to "name.part", made when the first of them comes. keep()
// renames it to "name"; a BodyFile that is destroyed unkept removes it. So a
// file under its final name is never partial.
class BodyFile {
 public:
  // `directory` is an open directory that outlives this.
  BodyFile(const Descriptor& directory, std::string name);
  BodyFile(const BodyFile&) = delete;
  BodyFile& operator=(const BodyFile&) = delete;
  ~BodyFile();

  // Both throw FetchError(kReceive).
  void write(std::string_view bytes);
  void keep();

 private:
  void open();
  [[noreturn]] void fail(int error) const;

  const Descriptor& directory_;
  const std::string name_;
  const std::string part_;
  Descriptor file_;
  bool part_exists_ = false;
};

// "00007-name" for the 7th fetch: the last segment of the URL's path, made
// harmless as a file name, or "index" when that is empty.
std::string body_file_name(std::uint64_t number, const Url& url);
