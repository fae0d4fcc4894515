#include "common/net/lookup.h"

#include <netdb.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <deque>
#include <mutex>
#include <system_error>
#include <unordered_map>

#include "common/net/background_thread.h"

// One name, asked once for everyone who waits for it.
struct Lookup::Query {
  std::string host;
  bool answered = false;
  std::string error;  // when there are no addresses
  std::vector<Address> addresses;
  std::vector<const Lookup*> waiting;
};

// What the fetching threads and the helpers share, under one mutex.
struct Lookup::Resolver {
  std::mutex mutex;
  std::unordered_map<std::string, std::shared_ptr<Query>> in_progress;
  std::deque<std::shared_ptr<Query>> not_begun;
  std::size_t helpers = 0;
  std::size_t max_helpers = kMaxHelpers;
};

namespace {

// By origin ("host:port"), so that a known host costs no lock.
thread_local std::unordered_map<std::string, std::vector<Address>> known;

std::string lookup_error(int code) {
  if (code == EAI_SYSTEM) {
    return error_text(errno);
  }
  std::string text = gai_strerror(code);
  text[0] = static_cast<char>(std::tolower(text[0]));
  return text;
}

// Calls getaddrinfo(3). Returns what went wrong, or "".
std::string ask(const std::string& host, int flags,
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
  return addresses.empty() ? "the host has no IP address" : "";
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

void Lookup::limit_helpers(std::size_t helpers) {
  const std::lock_guard lock(resolver().mutex);
  resolver().max_helpers = std::max<std::size_t>(helpers, 1);
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
    lock.unlock();
    std::vector<Address> addresses;
    std::string error;
    try {
      error = ask(query->host, 0, addresses);
    } catch (const std::bad_alloc&) {  // nobody above us would catch it
      error = "out of memory";         // which fits into any std::string
    }
    lock.lock();
    query->addresses = std::move(addresses);
    query->error = std::move(error);
    query->answered = true;
    shared.in_progress.erase(query->host);
    for (const Lookup* lookup : query->waiting) {
      lookup->wake();
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
  if (ask(url.host(), AI_NUMERICHOST, numeric).empty()) {
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
  }
  query_ = query;
}

// Makes sure that there is a helper, who can't begin before we unlock.
void Lookup::start_helper(Resolver& shared) {
  if (shared.helpers < shared.max_helpers) {
    try {
      background_thread(help).detach();
      ++shared.helpers;
    } catch (const std::system_error& error) {
      if (shared.helpers == 0) {  // else one of the others takes it
        throw FetchError(Phase::kLookup, error.code().value());
      }
    }
  }
}

Lookup::~Lookup() {
  if (query_ != nullptr) {
    const std::lock_guard lock(resolver().mutex);
    std::erase(query_->waiting, this);
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
    throw FetchError(Phase::kLookup, query_->error);
  }
  return Addresses(remember(url_, query_->addresses));
}
