#include "tests/support/scripted_names.h"

#include <netdb.h>

#include <condition_variable>
#include <cstdlib>
#include <map>
#include <mutex>

extern "C" {
// NOLINTBEGIN(bugprone-reserved-identifier): the linker wants these names
int __real_getaddrinfo(const char* host, const char* service,
                       const addrinfo* hints, addrinfo** result);
int __wrap_getaddrinfo(const char* host, const char* service,
                       const addrinfo* hints, addrinfo** result);
// NOLINTEND(bugprone-reserved-identifier)
}

namespace {

struct Script {
  std::vector<std::string> addresses;
  int code = EAI_NONAME;
  bool silent = false;
  int asked = 0;
};

struct Scripts {
  std::mutex mutex;
  std::condition_variable changed;
  std::map<std::string, Script> by_name;
};

// Never destroyed: somebody may be waiting for a silent name for good.
Scripts& scripts() {
  static Scripts* const only = [] {
    auto* const made = new Scripts;
    made->by_name["silent.test"].silent = true;
    return made;
  }();
  return *only;
}

void set(const std::string& name, const std::vector<std::string>& addresses,
         int code, bool silent) {
  const std::lock_guard lock(scripts().mutex);
  Script& script = scripts().by_name[name];
  script.addresses = addresses;
  script.code = code;
  script.silent = silent;
  scripts().changed.notify_all();
}

}  // namespace

void answer_name(const std::string& name,
                 const std::vector<std::string>& addresses) {
  set(name, addresses, 0, false);
}

void fail_name(const std::string& name, int code) {
  set(name, {}, code, false);
}

void silence_name(const std::string& name) {
  set(name, {}, 0, true);
}

int lookups_of(const std::string& name) {
  const std::lock_guard lock(scripts().mutex);
  return scripts().by_name[name].asked;
}

int __wrap_getaddrinfo(const char* host, const char* service,
                       const addrinfo* hints, addrinfo** result) {
  const std::string name = host == nullptr ? "" : host;
  const bool numeric =
      hints != nullptr && (hints->ai_flags & AI_NUMERICHOST) != 0;
  if (numeric || !name.ends_with(".test")) {
    return __real_getaddrinfo(host, service, hints, result);
  }
  std::unique_lock lock(scripts().mutex);
  Script& script = scripts().by_name[name];
  ++script.asked;
  scripts().changed.notify_all();
  scripts().changed.wait(lock, [&script] { return !script.silent; });
  if (script.code != 0) {
    return script.code;
  }
  // Each address is looked up by itself, and the lists are joined: what
  // freeaddrinfo(3) is given was made by getaddrinfo(3).
  addrinfo** end = result;
  for (const std::string& address : script.addresses) {
    const int code = __real_getaddrinfo(address.c_str(), service, hints, end);
    if (code != 0) {
      return code;
    }
    while (*end != nullptr) {
      end = &(*end)->ai_next;
    }
  }
  return 0;
}
