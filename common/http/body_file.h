// A BodyFile keeps one response's body in a file, whole or not at all.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "common/net/descriptor.h"

class Url;

// The bytes go to "name.part", made when the first of them comes. keep()
// renames it to "name"; a BodyFile that is destroyed unkept removes it. So no
// program ever finds part of a body under its final name. (After a power cut it
// may: nothing waits for the disk, fsync(2), which would cost more than most
// fetches.) No final name ends in ".part", so none is taken for a part.
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
  bool is_ours() const;
  [[noreturn]] void fail(int error) const;

  const Descriptor& directory_;
  const std::string name_;
  const std::string part_;
  Descriptor file_;
  bool part_exists_ = false;
  dev_t device_ = 0;  // of the part, by which it is known again
  ino_t inode_ = 0;
};

// "00007-name" for the 7th fetch: the last segment of the URL's path, made
// harmless as a file name, or "index" when that is empty. Never ends in
// ".part".
std::string body_file_name(std::uint64_t number, const Url& url);
