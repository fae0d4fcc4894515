// Where this build is, and how its programs were compiled.
#pragma once

#include <string>

extern const std::string kSourceDir;
extern const std::string kBuildDir;
extern const std::string kPrograms;  // the folder of the programs, with a slash

// Whether g++ compiled them, and without optimising. (The tests aren't
// optimised in any build.)
extern const bool kUnoptimisedByGcc;
