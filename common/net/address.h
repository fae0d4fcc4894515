// An Address is where a socket connects to: an IP address and a port.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

class Address {
 public:
  // `address` is a sockaddr_in or a sockaddr_in6, `length` bytes long.
  Address(const sockaddr* address, socklen_t length) : length_(length) {
    std::memcpy(&bytes_, address, length);
  }

  const sockaddr* data() const {
    return reinterpret_cast<const sockaddr*>(&bytes_);
  }
  socklen_t length() const { return length_; }
  int family() const { return data()->sa_family; }

  // The port of both kinds of address stands at the same place.
  std::uint16_t port() const { return ntohs(bytes_.sin6_port); }
  void set_port(std::uint16_t port) { bytes_.sin6_port = htons(port); }

 private:
  static_assert(offsetof(sockaddr_in, sin_port) ==
                offsetof(sockaddr_in6, sin6_port));

  sockaddr_in6 bytes_ = {};  // the larger of the two
  socklen_t length_;
};

// The addresses of one host, in the order in which to try them. It refers to a
// list that lives as long as the thread does.
class Addresses {
 public:
  explicit Addresses(const std::vector<Address>& list) : list_(&list) {}

  std::size_t size() const { return list_->size(); }
  const Address& operator[](std::size_t i) const { return (*list_)[i]; }

 private:
  const std::vector<Address>* list_;
};
