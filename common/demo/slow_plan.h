// A SlowPlan is how the slow server answers one request: what, and when.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/clock.h"

class SlowPlan {
 public:
  // Reads the plan off the request's first line, as slow_server.h describes
  // it. What can't be understood is answered with 400 and the reason.
  static SlowPlan of(std::string_view request);

  // An immediate answer in plain text.
  static SlowPlan answer(std::string status, std::string text);

  // How many requests are to be answered together; 0 for those that aren't.
  std::uint64_t together() const { return together_; }

  // How long after the request chunk `k` comes, counted from 1 to chunks().
  Clock::duration time(std::uint64_t k) const;
  std::uint64_t chunks() const { return chunks_; }

  // How many bytes are out once chunk `k` is, the head included.
  std::uint64_t bytes_until(std::uint64_t k) const;

  // Some of the bytes from `position` on, before bytes_until(k).
  std::string_view piece(std::uint64_t position, std::uint64_t k) const;

 private:
  void visit(std::string_view path);  // of the site
  void set(std::string_view name, std::string_view value);
  void make_head();

  std::string head_;
  // For one send each: the head and what comes with it, and the end of the
  // body, which has a newline where a greeting would go on.
  std::string beginning_;
  std::string ending_;
  std::string text_;  // the body, where it is not the greeting over and over
  std::string type_ = "text/plain";  // and what other fields there are
  std::string status_ = "200 OK";
  std::chrono::nanoseconds time_ = std::chrono::milliseconds(950);
  std::uint64_t bytes_ = 52001;
  std::uint64_t chunks_ = 0;
  std::uint64_t chunk_size_ = 2000;  // 0: bytes_ are shared out evenly
  std::uint64_t together_ = 0;
};
