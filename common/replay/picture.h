// A picture of one moment of a recorded run, to stand in a README.
#pragma once

#include <string>
#include <vector>

#include "common/replay/recorded_run.h"

// An SVG: side by side for each of `runs`, what is on the thread's stack while
// `fetch` receives for the second time, and what is kept. No times are in it,
// so it is the same for each recording.
std::string picture_of(const std::vector<RecordedRun>& runs,
                       std::uint32_t fetch);
