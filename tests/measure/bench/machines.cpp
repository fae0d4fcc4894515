// Prints how many bytes the machines of step 3 take, which do by hand what the
// compiler's frames do in step 4: one row, in the order of frames.cpp.
#include <cstdio>

#include "step3_generators/fetch.cpp"

int main() {
  const std::size_t worker = sizeof(Worker) - sizeof(std::optional<Fetch>);
  std::printf("| class of step 3 | %zu | %zu | %zu | %zu | %zu | %zu | %zu |\n",
              worker, sizeof(Job), sizeof(Fetch), sizeof(LookUp),
              sizeof(ConnectAny), sizeof(SendAll), sizeof(ReadResponse));
}
