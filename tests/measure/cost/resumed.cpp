// Compiled with one step's nested.h, this prints how much of what waits an
// event resumes when a read waits in a fetch in a worker: three deep.
#include <cstdio>

#include "nested.h"

int main() {
  std::printf("%zu\n", resumed_by_an_event(3));
}
