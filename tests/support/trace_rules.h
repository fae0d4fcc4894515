// The rules for trace files, as a test checks them.
#pragma once

#include <string>
#include <vector>

#include "tests/support/json.h"

// Reads `text`, a trace file, and fails the test unless
// - displayTimeUnit comes first, nothing is null, and every event has what its
//   phase needs;
// - what begins for a fetch ends, last begun first, within the fetch;
// - slices of the thread don't overlap;
// - a "file" is one of a step, and there is a "line" of it.
// Returns the events.
std::vector<Json> events_of_trace(const std::string& text);
