#include "tests/support/places.h"

const std::string kSourceDir = SOURCE_DIR;
const std::string kBuildDir = BUILD_DIR;
const std::string kPrograms = PROGRAMS;

#if defined(__OPTIMIZE__) || !defined(__GNUC__) || defined(__clang__)
const bool kUnoptimisedByGcc = false;
#else
const bool kUnoptimisedByGcc = true;
#endif
