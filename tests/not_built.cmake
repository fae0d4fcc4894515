# What stands in for tests that can't be run: fails, and says what to do.
if(program)
  message(FATAL_ERROR "${program} is not built: cmake --build <build folder>")
endif()
message(FATAL_ERROR "The tests are not built. To build and run them:
  cmake -S . -B build -DBUILD_TESTING=ON
  cmake --build build --parallel 2
  ctest --test-dir build --output-on-failure --parallel 4")
