// The main function of the four programs, but for the way they wait.
#pragma once

#include <cstddef>

class Jobs;

// Runs the command line with `fetch_all`, which is the step's own, and returns
// the exit status. `name` is shown in messages.
int run_program(const char* name, void (*fetch_all)(Jobs&, std::size_t),
                int argc, const char* const* argv);
