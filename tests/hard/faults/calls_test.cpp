// Every call that a run makes fails once, with every error that it can give.
// Compiled once and linked with each step.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <iostream>
#include <thread>

#include "common/http/jobs.h"
#include "common/net/interrupt.h"
#include "tests/hard/faults/failing_calls.h"
#include "tests/support/scripted_server.h"
#include "tests/support/temporary_directory.h"

namespace {

const std::string kBody = "a body of 26 bytes, at most";

class Faults : public testing::Test {
 protected:
  struct Outcome {
    std::vector<std::string> errors;  // of those that have ended
    std::string exception;            // that ended the run
    bool failed = false;              // whether a call was made to fail
  };

  Faults() {
    const std::string head = "HTTP/1.1 200 OK\r\n";
    server_.on("/length",
               Script().send(head + "Content-Length: 27\r\n\r\n" + kBody));
    server_.on("/chunked",
               Script().send(head + "Transfer-Encoding: chunked\r\n\r\n" +
                             "1b\r\n" + kBody + "\r\n0\r\n\r\n"));
    server_.on("/end", Script().send(head + "\r\n" + kBody));
    // A name that has two addresses on most machines, ::1 being the first; and
    // numeric ones, which need no thread.
    const std::string port = ":" + std::to_string(server_.port());
    for (const std::string& url :
         {"http://localhost" + port + "/length", server_.url("/chunked"),
          server_.url("/end")}) {
      urls_.emplace_back(url);
    }
    interrupt_descriptor();  // which is opened once, and stays
    Jobs jobs(urls_, {}, [](const Job&) {});
    fetch_all(jobs, 1);  // now the server's thread is there, and isn't counted
  }

  // Fetches all in a thread of its own, which knows no host yet.
  Outcome run(const Failure& failure) {
    Outcome outcome;
    std::thread([&] {
      Jobs::Settings settings;
      settings.timeout = std::chrono::seconds(20);
      settings.directory = &bodies_.descriptor();
      outcome.errors.reserve(urls_.size());
      Jobs jobs(urls_, settings, [&outcome](const Job& job) {
        outcome.errors.push_back(job.error());
      });
      begin_failing(failure);
      try {
        fetch_all(jobs, urls_.size());
      } catch (const std::exception& error) {
        outcome.failed = end_failing();
        outcome.exception = error.what();
      }
      outcome.failed = end_failing() || outcome.failed;
      EXPECT_EQ(outcome.errors.size(), jobs.ended());
      overlaps_ = jobs.peak_in_flight() > 1;
    }).join();
    // A helper whose answer nobody waits for any more may still have a file
    // open. It takes no part in the next run.
    while (threads() > threads_) {
      std::this_thread::yield();
    }
    return outcome;
  }

  // That each fetch is accounted for, and a failure is nobody's but one's own
  // and names its cause.
  void check(const Outcome& outcome, const Failure& failure, bool harmless) {
    const auto failures =
        std::count_if(outcome.errors.begin(), outcome.errors.end(),
                      [](const std::string& error) { return !error.empty(); });
    if (outcome.exception.empty()) {
      EXPECT_EQ(outcome.errors.size(), urls_.size());
      EXPECT_LE(failures, harmless || !outcome.failed ? 0 : 1);
    } else {
      EXPECT_FALSE(harmless) << outcome.exception;
      EXPECT_EQ(failures, 0);
      expect_cause(outcome.exception, failure);
    }
    for (const std::string& error : outcome.errors) {
      if (!error.empty()) {
        expect_cause(error, failure);
      }
    }
  }

  static void expect_cause(const std::string& error, const Failure& failure) {
    if (failure.call == "operator new") {
      EXPECT_TRUE(error == "std::bad_alloc" ||
                  error == "name lookup: out of memory")
          << error;
    } else {
      const auto equal = [](unsigned char a, unsigned char b) {
        return std::tolower(a) == std::tolower(b);
      };
      const std::string end = ": " + failure_text(failure);
      EXPECT_TRUE(error.size() > end.size() &&
                  std::equal(end.rbegin(), end.rend(), error.rbegin(), equal))
          << error;
    }
  }

  // That what there is of files is whole, and there for each that succeeded.
  void check_files(const Outcome& outcome, const Failure& failure) {
    std::size_t whole = 0;
    for (const std::string& name : bodies_.names()) {
      if (name.ends_with(".part")) {
        EXPECT_EQ(failure.call, "unlinkat") << name;
      } else {
        EXPECT_EQ(bodies_.content(name), kBody) << name;
        ++whole;
      }
      std::filesystem::remove(bodies_.path(name));
    }
    const auto succeeded = static_cast<std::size_t>(
        std::count(outcome.errors.begin(), outcome.errors.end(), ""));
    if (outcome.exception.empty()) {
      EXPECT_EQ(whole, succeeded);
    } else {  // one may have been about to be reported
      EXPECT_GE(whole, succeeded);
    }
  }

  // Fails each call of `call` with `error`. Returns how many runs that took.
  int fail_each(const std::string& call, int error, bool harmless,
                bool ever_after = false) {
    int runs = 0;
    bool failed = true;
    while (failed && !HasFailure()) {
      const Failure failure = {call, ++runs, error, ever_after};
      SCOPED_TRACE(call + " " + std::to_string(runs) + ": " +
                   failure_text(failure));
      const std::size_t before = ScriptedServer::open_descriptors();
      const Outcome outcome = run(failure);
      failed = outcome.failed;
      if (!ever_after) {
        check(outcome, failure, harmless);
      }
      check_files(outcome, failure);
      EXPECT_EQ(ScriptedServer::open_descriptors(), before);
    }
    return runs - 1;
  }

  static std::ptrdiff_t threads() {
    const std::filesystem::directory_iterator tasks("/proc/self/task");
    return std::distance(begin(tasks), end(tasks));
  }

  const TemporaryDirectory bodies_;
  ScriptedServer server_;
  const std::ptrdiff_t threads_ = threads();  // the server's and ours
  std::vector<Url> urls_;
  bool overlaps_ = false;  // whether the last run did
};

TEST_F(Faults, OfEachCallEndOneFetchOrTheRunAndLeaveNothing) {
  int runs = 0;
  for (const FailingCall& call : failing_calls()) {
    for (const int error : call.errors) {
      const bool harmless =
          std::count(call.harmless.begin(), call.harmless.end(), error) != 0;
      runs += fail_each(call.name, error, harmless);
    }
  }
  RecordProperty("runs", std::to_string(runs));
  std::cout << runs << " runs\n";
}

TEST_F(Faults, ThatGoOnLeaveNothingEither) {
  int runs = 0;
  for (const FailingCall& call : failing_calls()) {
    if (call.name != "close" && call.name != "unlinkat" &&
        call.name != "operator new") {
      for (const int error : call.errors) {
        if (std::count(call.harmless.begin(), call.harmless.end(), error) ==
            0) {
          runs += fail_each(call.name, error, false, true);
        }
      }
    }
  }
  std::cout << runs << " runs\n";
}

// What others use is there when one of them ends: so a fetch that lacks it is
// begun again. Alone, as in step 1, it fails.
TEST_F(Faults, ThatAreAShortageOfOnesOwnFailNoFetchWhileOthersRun) {
  for (const auto& [call, error] :
       {std::pair("socket", EMFILE), std::pair("socket", ENFILE),
        std::pair("socket", ENOBUFS), std::pair("socket", ENOMEM),
        std::pair("connect", EADDRNOTAVAIL), std::pair("openat", EMFILE)}) {
    const Failure failure = {call, 2, error};
    SCOPED_TRACE(std::string(call) + ": " + failure_text(failure));
    const Outcome outcome = run(failure);
    EXPECT_TRUE(outcome.failed);
    EXPECT_EQ(outcome.errors.size(), urls_.size());
    const auto succeeded =
        std::count(outcome.errors.begin(), outcome.errors.end(), "");
    EXPECT_GE(succeeded, overlaps_ ? 3 : 2);
    check_files(outcome, failure);
  }
}

}  // namespace
