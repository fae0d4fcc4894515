// The SlowServer is the demo's other side: an HTTP server that takes its time.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>

#include "common/net/address.h"
#include "common/net/descriptor.h"
#include "common/net/wakeup.h"

// Serves on a loopback port from a thread of its own until it is destroyed.
// The path says how:
//
//   /any/name        52,001 bytes in 27 chunks over 0.95 seconds
//     ?seconds=S     over S seconds; chunk k of n comes after S * k / n
//     &bytes=B       B bytes; &chunks=C: in C chunks (default: 2,000 bytes
//     each)
//   /together/N      nothing until N such requests wait, then 200 to all of
//                    them; 503 if that takes longer than
//     ?wait=S        S seconds (default 1)
//   /site/           a page in HTML after 0.05 seconds, or ?seconds=S; its
//                    links lead to nine more: one has moved, one is missing
//
// A client that closes its side is taken to be gone.
class SlowServer {
 public:
  // Listens on `port`, or on any free one. Throws std::system_error, or
  // FetchError when no descriptor is to be had.
  explicit SlowServer(std::uint16_t port = 0);
  ~SlowServer();
  SlowServer(const SlowServer&) = delete;
  SlowServer& operator=(const SlowServer&) = delete;

  std::string url(const std::string& path) const;  // http://127.0.0.1:PORT/...
  Address address() const;

  // Requests that have been read and not yet answered in full: the most at one
  // time, and how many now.
  std::uint64_t peak_in_flight() const { return peak_in_flight_; }
  std::uint64_t in_flight() const { return in_flight_; }

  // Forgets the peak so far.
  void forget_peak() { peak_in_flight_ = in_flight_.load(); }

 private:
  class Service;

  const Wakeup stop_;
  const Descriptor listener_;
  std::atomic<std::uint64_t> in_flight_ = 0;
  std::atomic<std::uint64_t> peak_in_flight_ = 0;
  std::thread thread_;
};
