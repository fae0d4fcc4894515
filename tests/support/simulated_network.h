// A network and a clock for tests. The linker's --wrap hands over to us what a
// fetch asks of the kernel (simulated_network_options in tests/CMakeLists.txt):
// what comes of it is the test's to say, and time passes only while the thread
// sleeps, so that hours take no time and nothing depends on the machine.
//
// One thread; descriptors from kFirstSocket on are ours, all others as usual.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

#include "common/base/clock.h"

// What comes of a call.
struct Answer {
  int error = 0;                     // an errno value, or 0
  std::size_t bytes = 0;             // sent or received
  Clock::duration ready_after = {};  // from now: when to try again, or go on
};

inline constexpr Clock::duration kNever = Clock::duration::max();

// The other side of all connections of one fetch.
class Peer {
 public:
  virtual ~Peer() = default;
  // EINPROGRESS, or another end of connect(2).
  virtual Answer connect() = 0;
  // What SO_ERROR tells once the socket is writable, with an error event if it
  // is not 0. Asked right after connect().
  virtual int connect_result() = 0;
  virtual Answer send(std::string_view data) = 0;
  // No bytes and no error are the end of the stream.
  virtual Answer recv(char* data, std::size_t size) = 0;
};

namespace simulated_network {

inline constexpr int kFirstSocket = 200;

// Begins anew: no sockets, and the peer of fetch n is `peer_of`(n).
void begin(std::function<Peer&(std::uint32_t fetch)> peer_of);

// Every `n`th sleep ends at once with EINTR; 0: none does.
void interrupt_sleeps(unsigned n);

// Time passes while the thread is busy with something else.
void pass(Clock::duration span);

// What has been opened and not been closed, epoll descriptors included.
std::size_t open_descriptors();

// How often the thread has slept since begin().
std::uint64_t sleeps();

}  // namespace simulated_network
