#include "common/base/recycled.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <thread>

#if defined(__SANITIZE_ADDRESS__)
#define NO_RECYCLING
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define NO_RECYCLING
#endif
#endif

namespace {

// An object of this size whose bytes are all the same.
class Filled {
 public:
  Filled(std::size_t size, unsigned char byte)
      : size_(size),
        byte_(byte),
        bytes_(static_cast<unsigned char*>(Recycled::operator new(size))) {
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(bytes_) %
                  __STDCPP_DEFAULT_NEW_ALIGNMENT__,
              0U);
    std::fill_n(bytes_, size_, byte_);
  }
  ~Filled() {
    EXPECT_EQ(std::count(bytes_, bytes_ + size_, byte_),
              static_cast<std::ptrdiff_t>(size_))
        << "of the bytes of an object of " << size_;
    Recycled::operator delete(bytes_, size_);
  }
  Filled(const Filled&) = delete;
  Filled& operator=(const Filled&) = delete;

 private:
  const std::size_t size_;
  const unsigned char byte_;
  unsigned char* const bytes_;
};

// Small ones share a piece of memory, large ones have one each.
TEST(Recycled, ObjectsOfAllSizesKeepApart) {
  std::deque<Filled> objects;
  unsigned char byte = 0;
  for (int round = 0; round < 3; ++round) {
    for (const std::size_t step : {1u, 100u, 10'000u}) {
      for (std::size_t size = step; size <= 40 * step; size += step) {
        objects.emplace_back(size, ++byte);
        if (objects.size() > 200) {
          objects.pop_front();
        }
      }
    }
  }
}

// Addresses, not pointers, since they are compared when the objects are gone:
// g++ warns of that, if it can see it.
[[gnu::noinline]] std::uintptr_t made(std::size_t size) {
  return reinterpret_cast<std::uintptr_t>(Recycled::operator new(size));
}

[[gnu::noinline]] void gone(std::uintptr_t object, std::size_t size) {
  Recycled::operator delete(reinterpret_cast<void*>(object), size);
}

// As a fetch does: a large object that ends at once, a small one that stays.
TEST(Recycled, TheLastOfALargerSizeIsLeftToItsOwn) {
#ifdef NO_RECYCLING
  GTEST_SKIP() << "under AddressSanitizer nothing is recycled";
#endif
  std::thread other([] {  // where nothing is left over
    const std::uintptr_t large = made(240);
    gone(large, 240);
    const std::uintptr_t small = made(152);
    EXPECT_NE(small, large);
    EXPECT_EQ(made(240), large);
    const std::uintptr_t second = made(240);
    gone(large, 240);
    gone(second, 240);
    EXPECT_EQ(made(152), second);  // not the last: the one that left last
    gone(small, 152);
    EXPECT_EQ(made(150), small);  // of the same size, rounded
    gone(second, 152);
    EXPECT_EQ(made(240), second);  // it is as large as it was
    EXPECT_EQ(made(240), large);
  });
  other.join();
}

}  // namespace
