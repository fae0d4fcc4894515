// Standard output and standard error, written so that no failure goes unseen.
#pragma once

#include <stdexcept>
#include <string_view>

// Standard output is closed, full or gone. Ends the run.
class OutputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Writes all of `text` at once, unbuffered. If the reader isn't reading, it
// waits, and all fetches wait with it, in every step. Throws OutputError, or
// Interrupted when a signal comes meanwhile.
void write_output(std::string_view text);

// The same for standard error, where there is nobody left to tell of a failure.
void write_error(std::string_view text);
