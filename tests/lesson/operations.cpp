// Linked with a step, this prints what the step does with each descriptor,
// operation by operation, when the network plays a script.
//
// The network is in the functions that the linker's --wrap puts between the
// step and the kernel, so that bytes are split in the same places every time.
// Who asks for port N of an address gets the Nth script.
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <map>
#include <string>

#include "common/http/jobs.h"
#include "common/net/interrupt.h"
#include "tests/support/scripted_names.h"

namespace {

// What each call for one connection returns: how many bytes, or a negative
// errno value. The last of a list is returned for good.
struct Script {
  std::vector<int> connects = {-EINPROGRESS};  // one for each address
  std::vector<int> connected = {0};            // one for each address
  std::vector<int> sends = {1 << 20};
  std::vector<int> recvs = {1 << 20};
  bool silent = false;  // never connected
  int error = 0;        // of the connection being made
  std::string response =
      "HTTP/1.0 200 OK\r\nContent-Length: 10\r\n\r\n0123456789";
};

Script scripts[] = {
    {},
    {.recvs = {1}},
    {.sends = {-EAGAIN, 5, -EAGAIN, 20, 1 << 20}, .recvs = {15, -EAGAIN, 30}},
    {.connects = {-ECONNREFUSED, -EINPROGRESS}},
    {.connected = {ECONNREFUSED, 0}, .recvs = {20}},
    {.connected = {ETIMEDOUT, ENETUNREACH}},
    {.sends = {10, -EPIPE}},
    {.recvs = {20, -ECONNRESET}},
    {.recvs = {40, 1 << 20}, .response = "HTTP/1.0 200 OK\r\n\r\nto the end"},
    {.recvs = {1 << 20}, .response = "SSH-2.0"},
    {.silent = true}};
constexpr std::uint16_t kSilent = std::size(scripts) - 1;

int next(std::vector<int>& results) {
  const int result = results.front();
  if (results.size() > 1) {
    results.erase(results.begin());
  }
  return result;
}

int returned(int result) {
  errno = result < 0 ? -result : errno;
  return result < 0 ? -1 : result;
}

std::map<int, Script*> connections;

}  // namespace

extern "C" {
// NOLINTBEGIN(bugprone-reserved-identifier): the linker wants these names
int __wrap_socket(int, int, int) {
  return eventfd(1, EFD_CLOEXEC);  // always readable, and mostly writable
}

int __wrap_connect(int fd, const sockaddr* address, socklen_t) {
  const auto& name = *reinterpret_cast<const sockaddr_in*>(address);
  Script& script = scripts[ntohs(name.sin_port)];
  connections[fd] = &script;
  if (script.silent) {
    eventfd_write(fd, UINT64_MAX - 2);  // it is full now
  }
  const int connecting = next(script.connects);
  script.error = connecting == -EINPROGRESS ? next(script.connected) : 0;
  if (script.error != 0) {  // a pipe that nobody reads has an error event
    int ends[2];
    pipe2(ends, O_CLOEXEC);
    dup2(ends[1], fd);
    close(ends[0]);
    close(ends[1]);
  }
  return returned(connecting);
}

int __wrap_getsockopt(int fd, int, int, void* value, socklen_t*) {
  *static_cast<int*>(value) = connections[fd]->error;
  return 0;
}

ssize_t __wrap_send(int fd, const void*, size_t size, int) {
  const int sent = next(connections[fd]->sends);
  return returned(std::min(sent, static_cast<int>(size)));
}

ssize_t __wrap_recv(int fd, void* data, size_t size, int) {
  Script& script = *connections[fd];
  const int received = returned(next(script.recvs));
  if (received <= 0) {
    return received;
  }
  size = std::min(size, static_cast<std::size_t>(received));
  const std::string_view response = script.response;
  const std::size_t copied = response.copy(static_cast<char*>(data), size);
  script.response.erase(0, copied);
  return static_cast<ssize_t>(copied);
}
// NOLINTEND(bugprone-reserved-identifier)
}

namespace {

void fetch(const std::vector<std::string>& texts,
           const Jobs::Settings& settings) {
  const std::vector<Url> urls(texts.begin(), texts.end());
  std::map<std::uint64_t, std::string> verdicts;
  Trace::current_fetch = 0;  // what the loop opens is no fetch's
  Trace trace(1 << 16);
  Jobs jobs(urls, settings, [&verdicts](const Job& job) {
    verdicts[job.number] = job.error().empty() ? "complete" : job.error();
  });
  fetch_all(jobs, 3);
  // By fetch, and the descriptors of a fetch in the order they were opened in.
  std::map<std::pair<std::uint32_t, std::uint64_t>, std::string> lines;
  for (const Trace::Record& record : trace.records()) {
    std::string& line = lines[{record.fetch, record.descriptor}];
    line += line.empty() ? "" : ", ";
    line += operation_name(record.operation);
    if (record.operation == Operation::kSend ||
        record.operation == Operation::kRecv) {
      line += " " + std::to_string(record.bytes);
    }
  }
  for (const auto& [key, line] : lines) {
    const std::uint32_t number = key.first;
    if (number != 0) {  // 0 is the loop's own wait, for Ctrl-C
      std::printf("%s: %s: %s\n", texts[number - 1].c_str(), line.c_str(),
                  verdicts[number].c_str());
    }
  }
}

}  // namespace

int main() {
  interrupt_descriptor();  // opened before there is a fetch
  answer_name("two.test", {"127.0.0.1", "127.0.0.2"});
  std::vector<std::string> urls;
  for (std::uint16_t port = 1; port < kSilent; ++port) {
    urls.push_back("http://two.test:" + std::to_string(port) + "/");
  }
  fetch(urls, {});
  Jobs::Settings settings;
  settings.timeout = std::chrono::milliseconds(20);
  fetch({"http://127.0.0.1:" + std::to_string(kSilent) + "/"}, settings);
}
