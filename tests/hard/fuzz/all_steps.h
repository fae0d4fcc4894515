// All four steps in one program, each in a namespace of its own, so that they
// can be compared.
#pragma once

#include <cstddef>

class Jobs;

namespace step1 {
void fetch_all(Jobs& jobs, std::size_t concurrency);
}
namespace step2 {
void fetch_all(Jobs& jobs, std::size_t concurrency);
}
namespace step3 {
void fetch_all(Jobs& jobs, std::size_t concurrency);
}
namespace step4 {
void fetch_all(Jobs& jobs, std::size_t concurrency);
}
