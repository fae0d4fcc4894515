#include "tests/contract/contract.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "common/net/interrupt.h"

// The linker's --wrap hands the system calls of the fetching code over to us.
extern "C" {
// NOLINTBEGIN(bugprone-reserved-identifier): the linker wants these names
int __real_socket(int family, int type, int protocol);
int __wrap_socket(int family, int type, int protocol);
ssize_t __real_send(int fd, const void* data, size_t size, int flags);
ssize_t __wrap_send(int fd, const void* data, size_t size, int flags);
ssize_t __real_recv(int fd, void* data, size_t size, int flags);
ssize_t __wrap_recv(int fd, void* data, size_t size, int flags);
// NOLINTEND(bugprone-reserved-identifier)
}

namespace {

struct NoLeak {
  const std::size_t before = ScriptedServer::open_descriptors();
  ~NoLeak() {
    EXPECT_EQ(ScriptedServer::open_descriptors(), before)
        << "descriptors were left open";
  }
};

void take_bodies(const std::string& directory, const std::vector<Url>& urls,
                 std::vector<Result>& results) {
  std::set<std::string> left;
  for (const auto& file : std::filesystem::directory_iterator(directory)) {
    left.insert(file.path().filename());
  }
  for (Result& result : results) {
    if (result.number != 0 && result.error.empty()) {
      const std::string name = body_file_name(
          result.number, urls[static_cast<std::size_t>(result.number - 1)]);
      EXPECT_EQ(left.erase(name), 1U) << name << " is missing";
      std::ifstream file(directory + name, std::ios::binary);
      result.body.assign(std::istreambuf_iterator<char>(file), {});
    }
  }
  for (const std::string& name : left) {
    ADD_FAILURE() << name << " was left behind";
  }
}

}  // namespace

int __wrap_socket(int family, int type, int protocol) {
  const int fd = __real_socket(family, type, protocol);
  if (SmallSendBuffers::blocked_) {
    const int smallest = 1;
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &smallest, sizeof smallest);
  }
  return fd;
}

ssize_t __wrap_send(int fd, const void* data, size_t size, int flags) {
  const ssize_t sent = __real_send(fd, data, size, flags);
  const int error = errno;
  if (sent == -1 && error == EAGAIN && SmallSendBuffers::blocked_) {
    SmallSendBuffers::blocked_();
  }
  errno = error;
  return sent;
}

ssize_t __wrap_recv(int fd, void* data, size_t size, int flags) {
  const ssize_t received =
      __real_recv(fd, data, std::min(size, receive_at_most), flags);
  const int error = errno;
  if (received > 0) {
    ScriptedServer::client_received(fd, static_cast<std::size_t>(received));
  }
  errno = error;
  return received;
}

std::vector<Result> fetch(const std::vector<std::string>& urls,
                          const Jobs::Settings& settings,
                          std::size_t concurrency,
                          const std::function<void(const Job&)>& ended) {
  interrupt_descriptor();  // which is opened once, and stays
  const std::vector<Url> parsed(urls.begin(), urls.end());
  std::vector<Result> results(urls.size());
  const auto directory =
      settings.directory == nullptr
          ? std::string()
          : "/proc/self/fd/" + std::to_string(settings.directory->fd()) + "/";
  {
    const NoLeak no_leak;
    Jobs jobs(parsed, settings, [&](const Job& job) {
      Result& result = results.at(static_cast<std::size_t>(job.number - 1));
      EXPECT_EQ(result.number, 0U) << "reported twice";
      result = {job.number,
                job.url.text(),
                job.response.status(),
                job.response.reason(),
                job.response.bytes(),
                job.error(),
                ""};
      EXPECT_EQ(job.error().empty(), job.response.complete());
      if (ended) {
        ended(job);
      }
    });
    fetch_all(jobs, concurrency);
    EXPECT_LE(jobs.peak_in_flight(), concurrency);
  }
  for (std::size_t i = 0; i < results.size(); ++i) {
    EXPECT_EQ(results[i].number, i + 1) << "was not reported";
    EXPECT_EQ(results[i].url, urls[i]);
  }
  if (settings.directory != nullptr) {
    take_bodies(directory, parsed, results);
  }
  return results;
}
