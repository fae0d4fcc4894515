// The story of a run: a line of text for each thing that happened.
#pragma once

#include <string>
#include <vector>

#include "common/base/trace.h"
#include "common/view/history.h"

// `records` and `run`, their history, as lines such as
//
//   36.865 ms  1 /foo  receives 87 bytes                  fetch.cpp:55
//
// When the thread sleeps, a line says which fetches are kept meanwhile, and at
// which lines of the lesson they wait. Untimed, times, sizes and places are
// left out, so that the stories of two steps can be compared.
std::string story_of(const std::vector<Trace::Record>& records,
                     const RunHistory& run, bool timed);
