// Reads a file of any kind: a pipe, a terminal, standard input.
#pragma once

#include <string>

// The content of the file `name`, or of standard input if that is "-". Throws
// UsageError if it can't be read, and Interrupted when a signal comes first:
// whoever writes to a pipe may take for ever.
std::string read_input_file(const std::string& name);
