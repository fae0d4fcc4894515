// Exercise 4.6: a crawler.
//
// Write what the workers do, in at most 40 lines: `start` begins N of them.
// Each takes a path from the queue, gets the page, and queues what the page
// links to, unless that has been queued before. A redirect is a page with one
// link. When the queue is empty and all workers are idle, they end; while one
// is busy, those that find nothing wait, since it may come back with more.
//
// Predict first: how many workers are suspended in `get`, and how many wait for
// work, while the first page is on its way?
//
// The likeliest compile error:
//   unable to find the promise type for this coroutine
// A function with co_await is a coroutine, and returns a Task<>: void won't do.
//
// `get` and `links_of` are given, in tests/hands/site.h. The site is that of
// `build/bin/slow_server`, which prints its address: look at /site/ there.
#include <coroutine>
#include <deque>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/hands/hands_check.h"
#include "tests/hands/site.h"

// For `co_await event`: wake_all() resumes all that wait for it now.
class Event {
 public:
  struct Awaiter {
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> waiter) {
      event.waiters_.push_back(waiter);
    }
    void await_resume() const {}
    Event& event;
  };
  Awaiter operator co_await() { return Awaiter{*this}; }

  void wake_all() {
    for (const std::coroutine_handle<> waiter : std::exchange(waiters_, {})) {
      waiter.resume();
    }
  }

 private:
  std::vector<std::coroutine_handle<>> waiters_;
};

class Crawler {
 public:
  explicit Crawler(Site& site) : site_(site) {}

  // --- write from here
  void start(int) {
    workers_.push_back(work());
    workers_.back().start();
  }

  Task<> work() {
    const Page page = co_await site_.get("/site/");
    ++ended_;
  }
  // --- to here

  int ended() const { return ended_; }  // workers

 private:
  Site& site_;
  std::deque<std::string> queue_;  // what is to be fetched
  std::set<std::string> seen_;     // what has ever been queued
  int busy_ = 0;                   // workers that get a page
  int ended_ = 0;
  Event changed_;  // the queue, or busy_
  std::vector<Task<>> workers_;
};

// Lets a crawler with so many workers run to its end.
void crawl(Crawler& crawler, EventLoop& loop, int workers) {
  crawler.start(workers);
  loop.run();
}

void every_page_once() {
  begin_check("every page once",
              "the end: it gets the same pages over and over");
  EventLoop loop;
  Site site(loop);
  Crawler crawler(site);
  crawl(crawler, loop, 3);
  for (const auto& [path, times] : site.asked()) {
    require(times == 1, "The page " + path +
                            " was fetched more than once. When is a path "
                            "queued for the second time?");
  }
  require(site.asked().size() == Site::kPages,
          "Some pages were never asked for. Every page that comes has links: "
          "queue those. And a redirect leads somewhere.");
}

void ends() {
  begin_check("all workers end");
  EventLoop loop;
  Site site(loop);
  Crawler crawler(site);
  crawl(crawler, loop, 3);
  require(crawler.ended() == 3,
          "Every page is there, and some worker still waits for work that "
          "won't come. The last one to be busy has to tell the others.");
}

void the_cap() {
  begin_check("as many at a time as there are workers");
  for (const int workers : {1, 2, 3}) {
    EventLoop loop;
    Site site(loop);
    Crawler crawler(site);
    crawl(crawler, loop, workers);
    const std::uint64_t most = site.server().peak_in_flight();
    require(most <= static_cast<std::uint64_t>(workers),
            "The server counts: more pages at a time than workers.");
    require(site.peak() == workers,
            "There was work for all, and some worker had ended already. The "
            "queue was empty once, but another worker was busy: what it "
            "brought back was work.");
  }
}

void cancelled() {
  begin_check("nothing is left when it is given up",
              "what the crawler left behind");
  EventLoop loop;
  Site site(loop, 4);
  {
    Crawler crawler(site);
    try {
      crawl(crawler, loop, 3);
    } catch (const GivenUp&) {
    }
    require(site.in_flight() > 0, "Some pages should be on their way now.");
  }
  require(site.in_flight() == 0,
          "The crawler is gone, and something of it still waits. Who owns the "
          "Tasks of the workers?");
  loop.run();  // comes back at once, as nothing waits any more
  while (site.server().in_flight() > 0) {
    std::this_thread::yield();
  }
}

int main() {
  return all_checks({every_page_once, ends, the_cap, cancelled});
}
