#include "common/program/program.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "common/http/jobs.h"

namespace {

// A step that is being changed, say, and has lost its fetches.
void lose_all(Jobs& jobs, std::size_t) {
  while (jobs.next() != nullptr) {
  }
}

TEST(Program, CountsAsFailedWhatAStepGivesUpWithoutASignal) {
  const char* const command[] = {"program", "--repeat", "3",
                                 "http://127.0.0.1:1/"};
  EXPECT_EXIT(std::exit(run_program("program", lose_all, 4, command)),
              testing::ExitedWithCode(1),
              "program: gave up, 3 of 3 fetches not finished");
}

}  // namespace
