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
#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "step4_coroutines/task.h"
#include "tests/hands/hands_check.h"
#include "tests/hands/scripted_alarms.h"

using Paths = std::vector<std::string>;

struct Page {
  Paths links;
};

Paths links_of(const Page& page) {
  return page.links;
}

// A site of nine pages, in which everything is linked with something before.
// Getting a page takes time, which the scripted clock has.
class Site {
 public:
  explicit Site(ScriptedAlarms& alarms) : alarms_(alarms) {}

  Task<Page> get(const std::string path) {
    peak_ = std::max(peak_, ++in_flight_);
    const struct Leave {
      ~Leave() { --site.in_flight_; }
      Site& site;
    } leave{*this};
    ++asked_[path];
    co_await alarms_.after(static_cast<int>(path.size()));
    const auto page = pages_.find(path);
    co_return page == pages_.end() ? Page{} : Page{page->second};
  }

  int in_flight() const { return in_flight_; }
  int peak() const { return peak_; }
  const std::map<std::string, int>& asked() const { return asked_; }
  std::size_t size() const { return pages_.size(); }

 private:
  ScriptedAlarms& alarms_;
  const std::map<std::string, Paths> pages_ = {
      {"/", {"/a", "/bb", "/ccc", "/"}},
      {"/a", {"/", "/moved"}},
      {"/moved", {"/a/new"}},  // a redirect
      {"/a/new", {"/a", "/bb"}},
      {"/bb", {"/bb/one", "/bb/two"}},
      {"/bb/one", {"/bb"}},
      {"/bb/two", {"/ccc"}},
      {"/ccc", {"/deep/deeper"}},
      {"/deep/deeper", {"/"}}};
  int in_flight_ = 0;
  int peak_ = 0;
  std::map<std::string, int> asked_;
};

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
    const Page page = co_await site_.get("/");
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

void every_page_once() {
  begin_check("every page once",
              "the end: it gets the same pages over and over");
  ScriptedAlarms alarms;
  Site site(alarms);
  Crawler crawler(site);
  crawler.start(3);
  while (alarms.ring()) {
  }
  require(site.asked().size() == site.size(),
          "Some pages were never asked for. Every page that comes has links: "
          "queue those. And a redirect leads somewhere.");
  for (const auto& [path, times] : site.asked()) {
    require(times == 1, "The page " + path +
                            " was fetched more than once. When is a path "
                            "queued for the second time?");
  }
}

void ends() {
  begin_check("all workers end", "nothing");
  ScriptedAlarms alarms;
  Site site(alarms);
  Crawler crawler(site);
  crawler.start(3);
  while (alarms.ring()) {
  }
  require(crawler.ended() == 3,
          "Every page is there, and some worker still waits for work that "
          "won't come. The last one to be busy has to tell the others.");
}

void the_cap() {
  begin_check("as many at a time as there are workers", "nothing");
  for (const int workers : {1, 2, 3}) {
    ScriptedAlarms alarms;
    Site site(alarms);
    Crawler crawler(site);
    crawler.start(workers);
    while (alarms.ring()) {
    }
    require(site.peak() <= workers, "More pages at a time than workers.");
    require(site.peak() == workers,
            "There was work for all, and some worker had ended already. The "
            "queue was empty once, but another worker was busy: what it "
            "brought back was work.");
  }
}

void cancelled() {
  begin_check("nothing is left when it is given up", "nothing");
  ScriptedAlarms alarms;
  Site site(alarms);
  {
    Crawler crawler(site);
    crawler.start(3);
    alarms.ring();
    require(site.in_flight() == 3, "Three pages should be on their way now.");
  }
  require(site.in_flight() == 0 && alarms.armed() == 0,
          "The crawler is gone, and something of it still waits. Who owns the "
          "Tasks of the workers?");
}

int main() {
  return all_checks({every_page_once, ends, the_cap, cancelled});
}
