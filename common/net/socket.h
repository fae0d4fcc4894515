// A Socket is a non-blocking TCP connection: every operation is one try.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "common/net/address.h"
#include "common/net/descriptor.h"

class Socket : public Descriptor {
 public:
  // Begins to connect. When it becomes writable, ask for connect_result().
  // Throws FetchError when it can't even begin.
  explicit Socket(const Address& address, Caller caller = Caller::here());

  // Takes over a connection that a listening socket has accepted.
  explicit Socket(Descriptor accepted);

  // Throws FetchError when the connection could not be made (connect(2)). Asks
  // the kernel only if the wait hasn't shown that it was.
  void connect_result(Caller caller = Caller::here());

  // Sends what fits into the kernel's buffer and returns how many bytes that
  // was, or nothing when it would block. Throws FetchError.
  std::optional<std::size_t> send(std::string_view data,
                                  Caller caller = Caller::here());

  // Receives up to 64 KiB: an empty chunk is the end of the stream, nothing
  // means it would block. The bytes are in a buffer that all sockets of a
  // thread share, and are gone at the next recv. Throws FetchError.
  std::optional<std::string_view> recv(Caller caller = Caller::here());
};

// A socket that listens on a loopback port, any free one if that is 0;
// non-blocking. Throws std::system_error.
Descriptor listen_on_loopback(std::uint16_t port = 0);

// The address that a socket is bound to. Throws std::system_error.
Address bound_address(const Descriptor& socket);

// The next connection made to a listening socket, or nothing when there is
// none yet. Throws std::system_error.
std::optional<Socket> accept_from(const Descriptor& listener);
