#include "common/program/file_limit.h"

#include <dirent.h>
#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>

#include "common/net/lookup.h"

namespace {

// Raises the soft limit on open files to the hard one, and returns it.
std::uint64_t raise_file_limit() {
  rlimit limit = {};
  getrlimit(RLIMIT_NOFILE, &limit);
  const rlim_t soft = limit.rlim_cur;
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) == 0) {
    return limit.rlim_max;
  }
#ifdef OPEN_MAX  // all that macOS takes where there is no limit
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, OPEN_MAX);
  if (setrlimit(RLIMIT_NOFILE, &limit) == 0) {
    return limit.rlim_cur;
  }
#endif
  return soft;
}

// How many descriptors are open, of `limit`; 0 where that can't be seen.
std::uint64_t open_files(std::uint64_t limit) {
  const std::unique_ptr<DIR, int (*)(DIR*)> all(opendir("/dev/fd"), closedir);
  if (all == nullptr && errno == EMFILE) {
    return limit;
  }
  std::uint64_t count = 0;
  while (all != nullptr && readdir(all.get()) != nullptr) {
    ++count;
  }
  return count > 3 ? count - 3 : 0;  // less ".", ".." and that of `all`
}

}  // namespace

std::size_t allowed_concurrency(std::uint64_t wanted, std::uint64_t files) {
  constexpr std::size_t kFilesPerHelper = 4;  // what getaddrinfo(3) opens
  constexpr std::uint64_t kSelector = 1;
  const std::uint64_t limit = raise_file_limit();
  const std::uint64_t used = open_files(limit) + kSelector;
  if (limit < used + files) {
    throw std::runtime_error("the limit on open files is " +
                             std::to_string(limit) + ", and the least is " +
                             std::to_string(used + files));
  }
  const std::uint64_t left = limit - used;
  const std::uint64_t reserved = std::min<std::uint64_t>(left / 2, 512);
  const auto helpers = static_cast<std::size_t>(reserved / 2);
  Lookup::limit_helpers(
      std::min(helpers / kFilesPerHelper, Lookup::kMaxHelpers),
      std::min(helpers, Lookup::kMaxStuck));
  const std::uint64_t most =
      std::max<std::uint64_t>((left - reserved) / files, 1);
  return static_cast<std::size_t>(std::min(wanted, most));
}
