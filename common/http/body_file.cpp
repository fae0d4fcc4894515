#include "common/http/body_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "common/net/url.h"

BodyFile::BodyFile(const Descriptor& directory, std::string name)
    : directory_(directory), name_(std::move(name)), part_(name_ + ".part") {}

BodyFile::~BodyFile() {
  if (part_exists_ && is_ours()) {
    unlinkat(directory_.fd(), part_.c_str(), 0);
  }
}

// Where directories can't be locked, another run may have taken the name.
bool BodyFile::is_ours() const {
  struct stat named = {};
  return fstatat(directory_.fd(), part_.c_str(), &named, AT_SYMLINK_NOFOLLOW) ==
             0 &&
         named.st_ino == inode_ && named.st_dev == device_;
}

void BodyFile::write(std::string_view bytes) {
  open();
  while (!bytes.empty()) {
    const ssize_t written = ::write(file_.fd(), bytes.data(), bytes.size());
    if (written >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      fail(errno);
    }
  }
}

void BodyFile::keep() {
  open();  // an empty body is a file too
  const int error = file_.close();
  if (error != 0) {
    fail(error);  // a network or quota file system may refuse only here
  }
  if (!is_ours()) {
    throw FetchError(Phase::kReceive, "another run has taken " + part_);
  }
  if (renameat(directory_.fd(), part_.c_str(), directory_.fd(),
               name_.c_str()) == -1) {
    fail(errno);
  }
  part_exists_ = false;
}

void BodyFile::open() {
  if (part_exists_) {
    return;
  }
  // What a run before us left behind goes first. Then O_EXCL: no link, pipe or
  // foreign file of that name is ever written to.
  unlinkat(directory_.fd(), part_.c_str(), 0);
  const int fd = openat(directory_.fd(), part_.c_str(),
                        O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (fd == -1) {
    fail(errno);
  }
  file_ = Descriptor(fd, Phase::kReceive);
  part_exists_ = true;
  struct stat opened = {};
  if (fstat(fd, &opened) == -1) {
    fail(errno);
  }
  device_ = opened.st_dev;
  inode_ = opened.st_ino;
}

void BodyFile::fail(int error) const {
  throw FetchError(Phase::kReceive,
                   "cannot write " + part_ + ": " + error_text(error), error);
}

std::string body_file_name(std::uint64_t number, const Url& url) {
  constexpr std::size_t kMaxName = 100;
  char prefix[24];
  std::snprintf(prefix, sizeof prefix, "%05llu-",
                static_cast<unsigned long long>(number));
  std::string name(url.last_segment().substr(0, kMaxName));
  for (char& c : name) {
    const bool harmless = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '.' || c == '-';
    c = harmless ? c : '_';
  }
  if (name.ends_with(".part")) {
    name += '_';
  }
  return prefix + (name.empty() ? "index" : name);
}
