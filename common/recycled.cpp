#include "common/recycled.h"

#include <array>
#include <new>
#include <utility>

#if defined(__SANITIZE_ADDRESS__)
#define NO_RECYCLING
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define NO_RECYCLING
#endif
#endif

namespace {

#ifdef NO_RECYCLING
constexpr bool kRecycling = false;
#else
constexpr bool kRecycling = true;
#endif

constexpr std::size_t kStep = 16;  // sizes are rounded up to a multiple of this
constexpr std::size_t kLargest = 1024;  // larger objects aren't recycled

struct Left {
  Left* next;
};

// What has been left, by size.
struct Leftovers {
  ~Leftovers() {
    for (Left* left : lists) {
      while (left != nullptr) {
        ::operator delete(std::exchange(left, left->next));
      }
    }
  }

  std::array<Left*, kLargest / kStep + 1> lists = {};
};

constinit thread_local Leftovers leftovers;

std::size_t rounded(std::size_t size) {
  return (size + kStep - 1) / kStep;
}

}  // namespace

void* Recycled::operator new(std::size_t size) {
  if (!kRecycling || size > kLargest) {
    return ::operator new(size);
  }
  Left*& list = leftovers.lists[rounded(size)];
  if (list == nullptr) {
    return ::operator new(rounded(size) * kStep);
  }
  return std::exchange(list, list->next);
}

void Recycled::operator delete(void* memory, std::size_t size) noexcept {
  if (!kRecycling || size > kLargest) {
    return ::operator delete(memory);
  }
  Left*& list = leftovers.lists[rounded(size)];
  list = new (memory) Left{list};
}
