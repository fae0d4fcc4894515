// What the tests of the contract share. They are compiled once for each step
// and call its fetch_all.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "common/http/jobs.h"
#include "tests/support/scripted_server.h"

struct Result {
  std::uint64_t number = 0;  // 0: nobody has reported it
  std::string url;
  int status = 0;
  std::string reason;
  std::uint64_t bytes = 0;
  std::string error;
  std::string body;  // when there is a directory for it

  // The error, or "200 OK: 10 bytes".
  std::string verdict() const {
    return error.empty() ? std::to_string(status) + " " + reason + ": " +
                               std::to_string(bytes) + " bytes"
                         : error;
  }
};

// Fetches in this process and returns one result for each URL, in the order of
// their numbers. Fails the test when a result is missing or comes twice, when
// more than `concurrency` fetches are in flight, when a descriptor is left open
// (whether fetch_all returns or throws), or when there is a directory and in it
// anything but the bodies of the fetches that succeeded.
std::vector<Result> fetch(const std::vector<std::string>& urls,
                          const Jobs::Settings& settings = {},
                          std::size_t concurrency = 64,
                          const std::function<void(const Job&)>& ended = {});

// The same for one URL.
inline Result fetch_one(const std::string& url,
                        const Jobs::Settings& settings = {}) {
  return fetch({url}, settings, 1).front();
}

// "http://host:port/".
inline std::string url(const std::string& host, std::uint16_t port) {
  return "http://" + host + ":" + std::to_string(port) + "/";
}

// A response that is good, and what it is to be reported as.
inline const Script kGood =
    Script().send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
inline const std::string kGoodVerdict = "200 OK: 5 bytes";

// How much the fetching code is given by one recv(2).
inline thread_local std::size_t receive_at_most = 1 << 20;

// While it lives, the sockets that this thread opens have buffers as small as
// the kernel allows, and `blocked` is called when one of them takes no more.
class SmallSendBuffers {
 public:
  explicit SmallSendBuffers(std::function<void()> blocked) {
    blocked_ = std::move(blocked);
  }
  ~SmallSendBuffers() { blocked_ = nullptr; }

  static thread_local inline std::function<void()> blocked_ = {};
};
