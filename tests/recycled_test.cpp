#include "common/recycled.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <deque>

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

}  // namespace
