#include "common/http/jobs.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <set>
#include <string>
#include <vector>

#include "common/net/interrupt.h"
#include "tests/support/temporary_directory.h"

namespace {

using Names = std::set<std::string>;

const std::vector<Url> urls = {Url("http://a/x"), Url("http://b/x")};

void nobody(const Job&) {}

class JobsTest : public testing::Test {
 protected:
  ~JobsTest() override { Trace::current_fetch = 0; }
};

TEST_F(JobsTest, HandsOutEachUrlAsOftenAsAskedInOrder) {
  Jobs::Settings settings;
  settings.repeat = 3;
  Jobs jobs(urls, settings, nobody);
  EXPECT_EQ(jobs.total(), 6U);
  for (std::uint64_t number = 1; number <= 6; ++number) {
    std::unique_ptr<Job> job = jobs.next();
    ASSERT_NE(job, nullptr);
    EXPECT_EQ(job->number, number);
    EXPECT_EQ(&job->url, &urls[number <= 3 ? 0 : 1]);
    EXPECT_EQ(Trace::current_fetch, number);
    EXPECT_EQ(jobs.ended(), number - 1);
    jobs.done(std::move(job));
  }
  EXPECT_EQ(jobs.next(), nullptr);
  EXPECT_EQ(jobs.ended(), 6U);
  EXPECT_EQ(jobs.failed(), 0U);
  EXPECT_EQ(jobs.peak_in_flight(), 1U);
}

TEST_F(JobsTest, ReportsEachJobThatEndedWithItsErrorAndItsCounts) {
  std::vector<std::string> reports;
  std::uint64_t ended = 0;
  Jobs::Settings settings;
  settings.repeat = 2;
  Jobs jobs(urls, settings, [&](const Job& job) {
    EXPECT_EQ(jobs.ended(), ++ended);
    EXPECT_EQ(jobs.failed(), ended > 1 ? 1U : 0U);
    reports.push_back(std::to_string(job.number) + job.url.text() + ' ' +
                      std::to_string(job.response.status()) + job.error());
  });
  std::unique_ptr<Job> first = jobs.next();
  std::unique_ptr<Job> second = jobs.next();
  std::unique_ptr<Job> third = jobs.next();
  third->response.feed("HTTP/1.0 404 -\r\n\r\n");
  third->response.feed("");
  jobs.done(std::move(third));
  first->failed(FetchError(Phase::kConnect, ECONNREFUSED));
  jobs.done(std::move(first));
  second.reset();  // as when the run is interrupted
  jobs.done(jobs.next());
  EXPECT_EQ(reports,
            (std::vector<std::string>{
                "3http://b/x 404", "1http://a/x 0connect: connection refused",
                "4http://b/x 0"}));
  EXPECT_EQ(jobs.peak_in_flight(), 3U);
}

TEST_F(JobsTest, CountsTheTimeFromWhenAJobIsHandedOut) {
  Jobs::Settings settings;
  settings.timeout = std::chrono::milliseconds(1500);
  Jobs jobs(urls, settings, nobody);
  const Clock::time_point before = Clock::now();
  const std::unique_ptr<Job> first = jobs.next();
  const Clock::time_point between = Clock::now();
  const std::unique_ptr<Job> second = jobs.next();
  EXPECT_GE(first->started, before);
  EXPECT_LE(first->started, between);
  EXPECT_GE(second->started, between);
  EXPECT_EQ(first->deadline - first->started, settings.timeout);
  EXPECT_EQ(second->deadline - second->started, settings.timeout);
}

TEST_F(JobsTest, KeepsTheBodiesOfEqualNamesApartAndNoneThatIsNotWhole) {
  const TemporaryDirectory directory;
  Jobs::Settings settings;
  settings.repeat = 2;
  settings.max_size = 5;
  settings.directory = &directory.descriptor();
  Jobs jobs(urls, settings, nobody);
  while (std::unique_ptr<Job> job = jobs.next()) {
    job->response.feed("HTTP/1.0 200 OK\r\n\r\nhello");
    EXPECT_TRUE(directory.names().contains(
        "0000" + std::to_string(job->number) + "-x.part"));
    if (job->number == 2) {
      EXPECT_THROW(job->response.feed("!"), FetchError);
    } else if (job->number != 3) {  // the third is destroyed as it is
      job->response.feed("");
    }
    if (job->number != 3) {
      jobs.done(std::move(job));
    }
  }
  EXPECT_EQ(directory.names(), (Names{"00001-x", "00004-x"}));
}

TEST_F(JobsTest, HandsOutAgainWhatLackedSomethingThatOthersUse) {
  const std::vector<Url> two = {Url("http://a/"), Url("http://b/")};
  std::vector<std::string> ended;
  Jobs jobs(two, {}, [&ended](const Job& job) {
    ended.push_back(std::to_string(job.number) + " " + job.error());
  });
  const FetchError shortage(Phase::kConnect, EMFILE);
  std::unique_ptr<Job> first = jobs.next();
  std::unique_ptr<Job> second = jobs.next();
  first->failed(shortage);
  jobs.done(std::move(first));
  EXPECT_TRUE(ended.empty()) << "it has not ended";
  EXPECT_EQ(jobs.next(), nullptr) << "its worker is one too many";
  second->failed(FetchError(Phase::kReceive, "cut off"));
  jobs.done(std::move(second));
  first = jobs.next();
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(first->number, 1U);
  EXPECT_EQ(first->error(), "");
  first->failed(shortage);
  jobs.done(std::move(first));
  EXPECT_EQ(jobs.next(), nullptr);
  EXPECT_EQ(ended,
            (std::vector<std::string>{"2 receive: cut off",
                                      std::string("1 ") + shortage.what()}))
      << "alone, it has failed";
  EXPECT_EQ(jobs.ended(), 2U);
  EXPECT_EQ(jobs.peak_in_flight(), 2U);
}

// In a process of its own: a signal that came is never forgotten.
TEST_F(JobsTest, HandsOutNoneOnceInterrupted) {
  const auto interrupted_jobs_end = [] {
    Jobs jobs(urls, {}, nobody);
    catch_interrupts();
    const bool before = jobs.next() != nullptr;
    std::raise(SIGTERM);
    return before && jobs.next() == nullptr;
  };
  EXPECT_EXIT(std::_Exit(interrupted_jobs_end() ? 0 : 1),
              testing::ExitedWithCode(0), "");
}

}  // namespace
