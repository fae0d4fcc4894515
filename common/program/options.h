// The command line of the four programs.
#pragma once

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "common/http/jobs.h"
#include "common/net/url.h"

struct Options {
  std::vector<Url> urls;
  bool demo = false;  // neither a URL nor an input file was given
  std::size_t concurrency = 64;
  Jobs::Settings settings;
  std::string output_dir;  // "": keep no bodies
  bool json = false;
  bool quiet = false;
  std::optional<bool> timeline;  // empty: where it is of use
  std::string trace_file;        // "": none
  bool story = false;
  bool untimed = false;  // the story
  std::string help;      // the text that --help or --version asks for, or ""
};

// The command line is wrong, or a URL is: a message of one line for each.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Reads the command line and the input file that it names. `program` is the
// name to show. Throws UsageError.
Options parse_options(const std::string& program, int argc,
                      const char* const* argv);
