#include "common/net/lookup.h"

#include <netdb.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <deque>
#include <mutex>
#include <system_error>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "common/net/background_thread.h"

// One name, asked once for everyone who waits for it.
struct Lookup::Query {
  std::string host;
  bool begun = false;  // a helper asks, or has asked
  bool stuck = false;  // and nobody waits for it
  std::string error;   // when there are no addresses
  int code = 0;        // errno, if that is what went wrong
  std::vector<Address> addresses;
  std::vector<const Lookup*> waiting;
};

// What the fetching threads and the helpers share, under one mutex.
struct Lookup::Resolver {
  std::mutex mutex;
  std::unordered_map<std::string, std::shared_ptr<Query>> in_progress;
  std::deque<std::shared_ptr<Query>> not_begun;
  std::size_t helpers = 0;  // that aren't stuck
  std::size_t stuck = 0;
  std::size_t max_helpers = kMaxHelpers;
  std::size_t max_stuck = kMaxStuck;
};

namespace {

// By origin ("host:port"), so that a known host costs no lock.
thread_local std::unordered_map<std::string, std::vector<Address>> known;

// What went wrong, in words, and the errno value if it was one.
std::pair<std::string, int> lookup_error(int code) {
  const int error = code == EAI_SYSTEM   ? errno
                    : code == EAI_MEMORY ? ENOMEM
                                         : 0;
  if (code == EAI_SYSTEM) {
    return {error_text(error), error};
  }
  std::string text = gai_strerror(code);
  text[0] = static_cast<char>(std::tolower(text[0]));
  return {text, error};
}

// Calls getaddrinfo(3). Returns what went wrong, or "".
std::pair<std::string, int> ask(const std::string& host, int flags,
                                std::vector<Address>& addresses) {
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags;
  addrinfo* first = nullptr;
  const int code = getaddrinfo(host.c_str(), nullptr, &hints, &first);
  if (code != 0) {
    return lookup_error(code);
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> list(first,
                                                            freeaddrinfo);
  for (const addrinfo* next = first; next != nullptr; next = next->ai_next) {
    if (next->ai_family == AF_INET || next->ai_family == AF_INET6) {
      addresses.emplace_back(next->ai_addr, next->ai_addrlen);
    }
  }
  return {addresses.empty() ? "the host has no IP address" : "", 0};
}

// What one fetch waits for: without it, that one fails and no other.
Wakeup open_wakeup(Caller caller) {
  try {
    return Wakeup::open(Phase::kLookup, caller);
  } catch (const std::system_error& error) {
    throw FetchError(Phase::kLookup, error.code().value());
  }
}

// The elements of `known` stay where they are, and for good.
const std::vector<Address>& remember(const Url& url,
                                     std::vector<Address> addresses) {
  for (Address& address : addresses) {
    address.set_port(url.port());
  }
  return known.emplace(url.origin(), std::move(addresses)).first->second;
}

}  // namespace

// Never destroyed: helpers outlive main when a name server stays silent.
Lookup::Resolver& Lookup::resolver() {
  static Resolver* const only = new Resolver;
  return *only;
}

void Lookup::limit_helpers(std::size_t helpers, std::size_t stuck) {
  const std::lock_guard lock(resolver().mutex);
  resolver().max_helpers = std::max<std::size_t>(helpers, 1);
  resolver().max_stuck = stuck;
}

// The life of a helper thread: answers queries until none is left.
void Lookup::help() {
  Resolver& shared = resolver();
  std::unique_lock lock(shared.mutex);
  while (!shared.not_begun.empty()) {
    const std::shared_ptr<Query> query = shared.not_begun.front();
    shared.not_begun.pop_front();
    if (query->waiting.empty()) {  // their deadlines have passed
      shared.in_progress.erase(query->host);
      continue;
    }
    query->begun = true;
    lock.unlock();
    std::vector<Address> addresses;
    std::pair<std::string, int> error;
    try {
      error = ask(query->host, 0, addresses);
    } catch (const std::bad_alloc&) {     // nobody above us would catch it
      error = {"out of memory", ENOMEM};  // which fits into any std::string
    }
    lock.lock();
    query->addresses = std::move(addresses);
    std::tie(query->error, query->code) = std::move(error);
    shared.in_progress.erase(query->host);
    for (const Lookup* lookup : query->waiting) {
      lookup->wake();
    }
    if (std::exchange(query->stuck, false)) {
      --shared.stuck;
      if (++shared.helpers > shared.max_helpers) {
        break;  // there is another in its place
      }
    }
  }
  --shared.helpers;
}

Lookup::Lookup(const Url& url, Caller caller) : url_(url) {
  if (const auto found = known.find(url.origin()); found != known.end()) {
    known_ = &found->second;
    return;
  }
  std::vector<Address> numeric;
  if (ask(url.host(), AI_NUMERICHOST, numeric).first.empty()) {
    known_ = &remember(url, std::move(numeric));
    return;
  }
  static_cast<Wakeup&>(*this) = open_wakeup(caller);
  Resolver& shared = resolver();
  const std::lock_guard lock(shared.mutex);
  std::shared_ptr<Query>& query = shared.in_progress[url.host()];
  if (query == nullptr) {
    auto added = std::make_shared<Query>();
    added->host = url.host();
    added->waiting.push_back(this);
    start_helper(shared);
    shared.not_begun.push_back(added);
    query = std::move(added);
  } else {
    query->waiting.push_back(this);
    if (std::exchange(query->stuck, false)) {  // somebody waits for it again
      --shared.stuck;
      ++shared.helpers;
    }
  }
  query_ = query;
}

// Makes sure that there is a helper, who can't begin before we unlock.
void Lookup::start_helper(Resolver& shared) {
  if (shared.helpers < shared.max_helpers && shared.stuck < shared.max_stuck) {
    try {
      background_thread(help).detach();
      ++shared.helpers;
    } catch (const std::system_error& error) {
      if (shared.helpers + shared.stuck == 0) {  // else one of them takes it
        throw FetchError(Phase::kLookup, error.code().value());
      }
    }
  }
}

Lookup::~Lookup() {
  if (query_ == nullptr) {
    return;
  }
  Resolver& shared = resolver();
  const std::lock_guard lock(shared.mutex);
  std::erase(query_->waiting, this);
  const auto asked = shared.in_progress.find(query_->host);
  if (query_->waiting.empty() && query_->begun && !query_->stuck &&
      asked != shared.in_progress.end() && asked->second == query_) {
    query_->stuck = true;
    ++shared.stuck;
    --shared.helpers;
    if (!shared.not_begun.empty()) {
      try {
        start_helper(shared);
      } catch (const FetchError&) {
        // No thread is to be had: what has not begun waits on.
      }
    }
  }
}

bool Lookup::ready() const {
  return query_ == nullptr;
}

Addresses Lookup::addresses() const {
  if (known_ != nullptr) {
    return Addresses(*known_);
  }
  if (const auto found = known.find(url_.origin()); found != known.end()) {
    return Addresses(found->second);  // another fetch was told meanwhile
  }
  const std::lock_guard lock(resolver().mutex);
  if (!query_->error.empty()) {
    throw FetchError(Phase::kLookup, query_->error, query_->code);
  }
  return Addresses(remember(url_, query_->addresses));
}
