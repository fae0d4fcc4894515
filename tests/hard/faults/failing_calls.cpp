#include "tests/hard/faults/failing_calls.h"

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <new>
#include <system_error>

#include "common/base/fetch_error.h"

namespace {

constexpr int kSystemError = EMFILE;  // errno, when getaddrinfo says EAI_SYSTEM

enum Call : std::size_t {
  kSocket,
  kConnect,
  kGetsockopt,
  kSend,
  kRecv,
  kPoll,
  kEpollCreate,
  kEpollCtl,
  kEpollWait,
  kEventfd,
  kPipe,
  kGetaddrinfo,
  kThread,
  kOpenat,
  kWrite,
  kRenameat,
  kUnlinkat,
  kClose,
  kOpen,
  kFlock,
  kFaccessat,
  kBind,
  kListen,
  kGetsockname,
  kAccept,
  kNew,
  kCalls
};

// Shared with the processes that are forked off.
struct Counters {
  std::atomic<int> called[kCalls];
  std::atomic<bool> failed;
};

Counters& counters() {
  static Counters* const only = static_cast<Counters*>(
      mmap(nullptr, sizeof(Counters), PROT_READ | PROT_WRITE,
           MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  return *only;
}

// What is to fail. Written while no call is counted.
struct {
  std::atomic<bool> on = false;
  Call call = kCalls;
  int nth = 0;
  int error = 0;
  bool ever_after = false;
  int signal = 0;
} plan;

// Whether the calls of a thread count: those of a thread that began earlier,
// the test's server, don't.
thread_local bool counted = plan.on;

// Counts a call, and returns whether it is to fail; then with errno.
bool fails(Call call) {
  if (!counted || !plan.on) {
    return false;
  }
  const int number = ++counters().called[call];
  if (call != plan.call ||
      (plan.ever_after ? number < plan.nth : number != plan.nth)) {
    return false;
  }
  counters().failed = true;
  if (plan.signal != 0) {
    alarm(30);                    // from now on it may take its time
    kill(getpid(), plan.signal);  // to whichever thread takes signals
    return false;
  }
  errno = plan.error;
  return true;
}

bool only_a_part() {
  return plan.error == 0;
}

std::size_t index_of(const std::string& call) {
  const auto& all = failing_calls();
  const auto found = std::find_if(
      all.begin(), all.end(),
      [&call](const FailingCall& each) { return each.name == call; });
  return static_cast<std::size_t>(found - all.begin());
}

}  // namespace

const std::vector<FailingCall>& failing_calls() {
  static const std::vector<FailingCall> all = {
      {"socket", {EMFILE, ENFILE, ENOBUFS, ENOMEM, EACCES, EAFNOSUPPORT}},
      {"connect",
       {EINTR, ECONNREFUSED, ENETUNREACH, ETIMEDOUT, EADDRNOTAVAIL, EAGAIN},
       {EINTR}},
      {"getsockopt", {ENOBUFS, ENOMEM}},
      {"send",
       {0, EINTR, EAGAIN, ECONNRESET, EPIPE, ENOBUFS, ENOMEM},
       {0, EINTR, EAGAIN}},
      {"recv",
       {0, EINTR, EAGAIN, ECONNRESET, ETIMEDOUT, ENOMEM},
       {0, EINTR, EAGAIN}},
      {"poll", {EINTR, ENOMEM}, {EINTR}},
      {"epoll_create1", {EMFILE, ENFILE, ENOMEM}},
      {"epoll_ctl", {ENOMEM, ENOSPC}},
      {"epoll_wait", {EINTR, EINVAL}, {EINTR}},
      {"eventfd", {EMFILE, ENFILE, ENOMEM}},
      {"pipe", {EMFILE, ENFILE}},
      {"getaddrinfo",
       {EAI_AGAIN, EAI_FAIL, EAI_MEMORY, EAI_NONAME, EAI_SYSTEM}},
      {"std::thread", {EAGAIN}},
      {"openat", {EMFILE, ENFILE, ENOSPC, EDQUOT, EACCES, EROFS, EINTR, EIO}},
      {"write", {0, EINTR, ENOSPC, EDQUOT, EIO, EFBIG}, {0, EINTR}},
      {"renameat", {ENOSPC, EDQUOT, EACCES, EIO}},
      {"unlinkat", {EACCES, EIO}, {EACCES, EIO}},
      {"close", {EINTR, EIO, ENOSPC, EDQUOT}, {EINTR}},
      {"open", {EMFILE, ENFILE, EACCES, ENOENT, EINTR}},
      {"flock",
       {ENOLCK, ENOSYS, EOPNOTSUPP, EPERM, EINVAL},
       {ENOLCK, ENOSYS, EOPNOTSUPP, EPERM, EINVAL}},
      {"faccessat",
       {EACCES, EROFS, ENOSYS, EOPNOTSUPP, EPERM, EINVAL},
       {ENOSYS, EOPNOTSUPP, EPERM, EINVAL}},
      {"bind", {EADDRINUSE, EACCES}},
      {"listen", {EADDRINUSE}},
      {"getsockname", {ENOBUFS}},
      {"accept4", {EINTR, ECONNABORTED, EAGAIN, EMFILE, ENFILE, ENOMEM}},
      {"operator new", {ENOMEM}},
  };
  return all;
}

void begin_failing(const Failure& failure) {
  for (std::atomic<int>& called : counters().called) {
    called = 0;
  }
  plan.call = static_cast<Call>(index_of(failure.call));
  plan.nth = failure.nth;
  plan.error = failure.error;
  plan.ever_after = failure.ever_after;
  plan.signal = failure.signal;
  counters().failed = false;
  plan.on = true;
  counted = true;
}

void leave_this_thread_alone() {
  counted = false;
}

bool end_failing() {
  plan.on = false;
  counted = false;
  return has_failed();
}

bool has_failed() {
  return counters().failed;
}

int times_called(const std::string& call) {
  return counters().called[index_of(call)];
}

std::string failure_text(const Failure& failure) {
  if (failure.call == "getaddrinfo") {
    if (failure.error == EAI_SYSTEM) {
      return error_text(kSystemError);
    }
    std::string text = gai_strerror(failure.error);
    text[0] = static_cast<char>(std::tolower(text[0]));
    return text;
  }
  return error_text(failure.error);
}

void* operator new(std::size_t size) {
  void* const memory = fails(kNew) ? nullptr : std::malloc(size);
  if (memory == nullptr) {
    throw std::bad_alloc();
  }
  return memory;
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

// NOLINTBEGIN(bugprone-reserved-identifier): the linker wants these names

// The start of every std::thread.
void real_start(void* thread, void* state, void (*depend)()) asm(
    "__real__ZNSt6thread15_M_start_threadESt10unique_ptrINS_6_StateESt14"
    "default_deleteIS1_EEPFvvE");
void start(void* thread, void* state, void (*depend)()) asm(
    "__wrap__ZNSt6thread15_M_start_threadESt10unique_ptrINS_6_StateESt14"
    "default_deleteIS1_EEPFvvE");
void start(void* thread, void* state, void (*depend)()) {
  if (fails(kThread)) {
    throw std::system_error(errno, std::generic_category());
  }
  real_start(thread, state, depend);
}

extern "C" {
int __real_socket(int family, int type, int protocol);
int __wrap_socket(int family, int type, int protocol) {
  return fails(kSocket) ? -1 : __real_socket(family, type, protocol);
}

int __real_connect(int fd, const sockaddr* address, socklen_t length);
int __wrap_connect(int fd, const sockaddr* address, socklen_t length) {
  if (fails(kConnect)) {
    if (plan.error == EINTR) {  // it goes on all the same
      __real_connect(fd, address, length);
      errno = EINTR;
    }
    return -1;
  }
  return __real_connect(fd, address, length);
}

int __real_getsockopt(int fd, int level, int name, void* value,
                      socklen_t* length);
int __wrap_getsockopt(int fd, int level, int name, void* value,
                      socklen_t* length) {
  return fails(kGetsockopt) ? -1
                            : __real_getsockopt(fd, level, name, value, length);
}

ssize_t __real_send(int fd, const void* data, size_t size, int flags);
ssize_t __wrap_send(int fd, const void* data, size_t size, int flags) {
  if (!fails(kSend)) {
    return __real_send(fd, data, size, flags);
  }
  return only_a_part() ? __real_send(fd, data, (size + 1) / 2, flags) : -1;
}

ssize_t __real_recv(int fd, void* data, size_t size, int flags);
ssize_t __wrap_recv(int fd, void* data, size_t size, int flags) {
  if (!fails(kRecv)) {
    return __real_recv(fd, data, size, flags);
  }
  return only_a_part() ? __real_recv(fd, data, 1, flags) : -1;
}

int __real_poll(pollfd* fds, nfds_t count, int milliseconds);
int __wrap_poll(pollfd* fds, nfds_t count, int milliseconds) {
  return fails(kPoll) ? -1 : __real_poll(fds, count, milliseconds);
}

int __real_epoll_create1(int flags);
int __wrap_epoll_create1(int flags) {
  return fails(kEpollCreate) ? -1 : __real_epoll_create1(flags);
}

int __real_epoll_ctl(int epoll, int operation, int fd, epoll_event* event);
int __wrap_epoll_ctl(int epoll, int operation, int fd, epoll_event* event) {
  // To take one out can't fail for want of anything.
  return operation != EPOLL_CTL_DEL && fails(kEpollCtl)
             ? -1
             : __real_epoll_ctl(epoll, operation, fd, event);
}

int __real_epoll_wait(int epoll, epoll_event* events, int most,
                      int milliseconds);
int __wrap_epoll_wait(int epoll, epoll_event* events, int most,
                      int milliseconds) {
  return fails(kEpollWait)
             ? -1
             : __real_epoll_wait(epoll, events, most, milliseconds);
}

int __real_eventfd(unsigned value, int flags);
int __wrap_eventfd(unsigned value, int flags) {
  return fails(kEventfd) ? -1 : __real_eventfd(value, flags);
}

int __real_pipe(int* ends);
int __wrap_pipe(int* ends) {
  return fails(kPipe) ? -1 : __real_pipe(ends);
}

int __real_getaddrinfo(const char* host, const char* service,
                       const addrinfo* hints, addrinfo** result);
int __wrap_getaddrinfo(const char* host, const char* service,
                       const addrinfo* hints, addrinfo** result) {
  if (!fails(kGetaddrinfo)) {
    return __real_getaddrinfo(host, service, hints, result);
  }
  errno = kSystemError;
  return plan.error;
}

int __real_openat(int directory, const char* name, int flags, mode_t mode);
int __wrap_openat(int directory, const char* name, int flags, mode_t mode) {
  return fails(kOpenat) ? -1 : __real_openat(directory, name, flags, mode);
}

ssize_t __real_write(int fd, const void* data, size_t size);
ssize_t __wrap_write(int fd, const void* data, size_t size) {
  struct stat status = {};
  // Waking somebody up can't fail (common/net/wakeup.h).
  if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || !fails(kWrite)) {
    return __real_write(fd, data, size);
  }
  return only_a_part() ? __real_write(fd, data, (size + 1) / 2) : -1;
}

int __real_renameat(int from, const char* name, int to, const char* new_name);
int __wrap_renameat(int from, const char* name, int to, const char* new_name) {
  return fails(kRenameat) ? -1 : __real_renameat(from, name, to, new_name);
}

int __real_unlinkat(int directory, const char* name, int flags);
int __wrap_unlinkat(int directory, const char* name, int flags) {
  return fails(kUnlinkat) ? -1 : __real_unlinkat(directory, name, flags);
}

int __real_close(int fd);
int __wrap_close(int fd) {
  const int result = __real_close(fd);  // closed it is in any case
  return fails(kClose) ? -1 : result;
}

int __real_open(const char* name, int flags, mode_t mode);
int __wrap_open(const char* name, int flags, mode_t mode) {
  return fails(kOpen) ? -1 : __real_open(name, flags, mode);
}

int __real_flock(int fd, int operation);
int __wrap_flock(int fd, int operation) {
  return fails(kFlock) ? -1 : __real_flock(fd, operation);
}

int __real_faccessat(int directory, const char* name, int mode, int flags);
int __wrap_faccessat(int directory, const char* name, int mode, int flags) {
  return fails(kFaccessat) ? -1
                           : __real_faccessat(directory, name, mode, flags);
}

int __real_bind(int fd, const sockaddr* address, socklen_t length);
int __wrap_bind(int fd, const sockaddr* address, socklen_t length) {
  return fails(kBind) ? -1 : __real_bind(fd, address, length);
}

int __real_listen(int fd, int backlog);
int __wrap_listen(int fd, int backlog) {
  return fails(kListen) ? -1 : __real_listen(fd, backlog);
}

int __real_getsockname(int fd, sockaddr* address, socklen_t* length);
int __wrap_getsockname(int fd, sockaddr* address, socklen_t* length) {
  return fails(kGetsockname) ? -1 : __real_getsockname(fd, address, length);
}

int __real_accept4(int fd, sockaddr* address, socklen_t* length, int flags);
int __wrap_accept4(int fd, sockaddr* address, socklen_t* length, int flags) {
  return fails(kAccept) ? -1 : __real_accept4(fd, address, length, flags);
}
}
// NOLINTEND(bugprone-reserved-identifier)
