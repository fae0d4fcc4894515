// Calls a fuzz target with each file of the folders it is given: what fuzzing
// has found once stays found, in every build and with any compiler.
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/hard/fuzz/fuzz.h"

int main(int argc, char** argv) {
  int inputs = 0;
  for (int i = 1; i < argc; ++i) {
    for (const auto& entry : std::filesystem::directory_iterator(argv[i])) {
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string input((std::istreambuf_iterator<char>(file)), {});
      std::printf("%s\n", entry.path().c_str());
      std::fflush(stdout);  // the last one is the one that failed
      LLVMFuzzerTestOneInput(
          reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
      ++inputs;
    }
  }
  std::printf("%d inputs\n", inputs);
  require(inputs > 0, "there are inputs");
}
