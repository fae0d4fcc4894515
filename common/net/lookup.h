// A Lookup is a descriptor that becomes readable when the addresses of a Url's
// host are known: a name lookup is one more thing to wait for.
#pragma once

#include <cstddef>
#include <memory>

#include "common/net/address.h"
#include "common/net/url.h"
#include "common/net/wakeup.h"

// getaddrinfo(3) blocks, so helper threads call it: one for each distinct host
// in progress, up to a limit. Those beyond it are begun in the order in which
// they were asked. Everyone who asks for the same host meanwhile shares the
// answer. A helper whose name server is silent is left to itself once nobody
// waits for its answer any more: not the fetch, whose deadline has passed, and
// not the process when it ends. Such a helper is stuck, and no longer counts
// against the limit, but against one of its own.
class Lookup : public Wakeup {
 public:
  // Numeric addresses, and hosts whose addresses this thread has been told
  // before, are ready at once and open no descriptor. Throws FetchError when
  // no descriptor or thread is to be had.
  explicit Lookup(const Url& url, Caller caller = Caller::here());
  Lookup(Lookup&&) = delete;  // the helper knows it by its address
  ~Lookup();

  // Whether there is nothing to wait for.
  bool ready() const;

  // At least one address. Throws FetchError when the host has none. Only once
  // ready, or readable.
  Addresses addresses() const;

  // How many helper threads there may be at once, and how many stuck ones
  // besides. While as many are stuck, names wait for the first of them.
  static constexpr std::size_t kMaxHelpers = 64;
  static constexpr std::size_t kMaxStuck = 1024;
  static void limit_helpers(std::size_t helpers, std::size_t stuck = kMaxStuck);

 private:
  struct Query;
  struct Resolver;
  static Resolver& resolver();
  static void help();
  static void start_helper(Resolver& shared);

  const Url& url_;
  const std::vector<Address>* known_ = nullptr;
  std::shared_ptr<Query> query_;  // null when the host is known
};
