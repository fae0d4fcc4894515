// A SourceMap knows the functions of a lesson's source, line by line.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

// A function with a body. Lines are counted from 1.
struct SourceFunction {
  std::string name;   // "read_response", "ReadResponse::resume"
  std::size_t begin;  // of its header
  std::size_t end;    // of its body
  bool callback;      // takes `const FetchError* error`
};

// The functions of `lines`, in their order, as our format writes them: a header
// begins at column 0, or at column 2 in a class, and its closing brace stands
// below its first letter.
std::vector<SourceFunction> functions_of(const std::vector<std::string>& lines);

// "ReadResponse" becomes "read_response".
std::string snake_case(const std::string& camel_case);

// The lines of the file `path`. Throws std::runtime_error if it can't be read.
std::vector<std::string> read_lines(const std::string& path);
