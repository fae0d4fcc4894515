// Prints how large the machines of step 3 are, which do by hand what the
// compiler's frames do in step 4.
#include <cstdio>

#include "step3_generators/fetch.cpp"

int main() {
  std::printf("| Worker, without its Fetch | %zu |\n",
              sizeof(Worker) - sizeof(std::optional<Fetch>));
  std::printf(
      "| Fetch, without its child | %zu |\n",
      sizeof(Fetch) - sizeof(std::variant<std::monostate, Resolve, ConnectAny,
                                          SendAll, ReadResponse>));
  std::printf("| Resolve | %zu |\n", sizeof(Resolve));
  std::printf("| ConnectAny | %zu |\n", sizeof(ConnectAny));
  std::printf("| SendAll | %zu |\n", sizeof(SendAll));
  std::printf("| ReadResponse | %zu |\n", sizeof(ReadResponse));
  std::printf("| all of it, in one piece | %zu |\n", sizeof(Worker));
}
