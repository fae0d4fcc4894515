// The slow server's site, as exercise 4.6 gets its pages: over sockets, on step
// 4's event loop.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/demo/slow_server.h"
#include "common/net/socket.h"
#include "step4_coroutines/event_loop.h"
#include "step4_coroutines/task.h"

using Paths = std::vector<std::string>;

// An answer, head and body as they came.
struct Page {
  std::string text;
};

// What a page links to, and where it has moved to.
inline Paths links_of(const Page& page) {
  Paths links;
  for (const std::string before : {"\r\nLocation: ", "href=\""}) {
    std::size_t at = 0;
    while ((at = page.text.find(before, at)) != std::string::npos) {
      at += before.size();
      const std::size_t end = page.text.find_first_of("\"\r", at);
      links.push_back(page.text.substr(at, end - at));
    }
  }
  return links;
}

// What a check throws into a crawler that is to be given up.
struct GivenUp {};

class Site {
 public:
  static constexpr std::size_t kPages = 10;  // one moved, one missing

  // The request after `last` throws GivenUp.
  explicit Site(EventLoop& loop, int last = 1'000'000)
      : loop_(loop), last_(last) {}

  // Any status will do: a page that is missing has no links.
  Task<Page> get(const std::string path) {
    const Counted counted(*this);
    ++asked_[path];
    if (last_-- == 0) {
      throw GivenUp();
    }
    Socket socket(server_.address());
    co_await loop_.writable(socket, kNoDeadline);
    socket.connect_result();
    socket.send("GET " + path + " HTTP/1.0\r\n\r\n");  // it is short: all goes
    Page page;
    for (;;) {
      co_await loop_.readable(socket, kNoDeadline);
      const std::optional<std::string_view> chunk = socket.recv();
      if (chunk && chunk->empty()) {
        co_return page;
      }
      page.text += chunk.value_or("");
    }
  }

  // How often each path was asked for; how many are being got, and the most at
  // a time.
  const std::map<std::string, int>& asked() const { return asked_; }
  int in_flight() const { return in_flight_; }
  int peak() const { return peak_; }
  const SlowServer& server() const { return server_; }  // which counts, too

 private:
  // In the frame of a `get`: one that is given up counts no longer.
  class Counted {
   public:
    explicit Counted(Site& site) : site_(site) {
      site_.peak_ = std::max(site_.peak_, ++site_.in_flight_);
    }
    ~Counted() { --site_.in_flight_; }
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;

   private:
    Site& site_;
  };

  EventLoop& loop_;
  const SlowServer server_;
  int last_;
  int in_flight_ = 0;
  int peak_ = 0;
  std::map<std::string, int> asked_;
};
