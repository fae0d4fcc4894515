#include "common/base/recycled.h"

#include <array>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>
#include <vector>

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

constexpr std::size_t kUnit =
    16;  // bytes; all sizes and addresses are multiples
constexpr std::size_t kLargest = 63;  // units of the largest block

// Stands before each object. Half a unit, so that the object is aligned.
struct Block {
  std::uint64_t units;
  Block* next;  // while nobody uses it; else the object begins here
};
constexpr std::size_t kHeader = offsetof(Block, next);

// The blocks that nobody uses, by size.
constinit thread_local std::array<Block*, kLargest + 1> leftovers = {};

// What blocks are cut from.
struct Slab {
  static constexpr std::size_t kSize = 64 * 1024;
  alignas(kUnit) std::array<std::byte, kSize> bytes;
};
thread_local std::vector<std::unique_ptr<Slab>> slabs;
constinit thread_local std::size_t uncut = 0;  // bytes, of the last slab

// Cuts a new block. Not inlined: it is seldom called, and would make every
// `new` longer.
[[gnu::noinline]] Block* cut(std::size_t units) {
  const std::size_t size = units * kUnit;
  if (size > uncut) {
    slabs.push_back(std::make_unique_for_overwrite<Slab>());
    uncut = Slab::kSize - kHeader;
  }
  std::byte* const end = slabs.back()->bytes.data() + Slab::kSize;
  return new (end - std::exchange(uncut, uncut - size)) Block{units, nullptr};
}

// A leftover of this size, or a larger one, or else a new block. The last
// leftover of a larger size is not taken. Otherwise an object that lives long
// could take the one block that short-lived objects of that size share, and
// each of them would cut a new block.
Block* take(std::size_t units) {
  std::size_t size = units;
  if (leftovers[size] == nullptr) {
    do {
      if (++size > kLargest) {
        return cut(units);
      }
    } while (leftovers[size] == nullptr || leftovers[size]->next == nullptr);
  }
  return std::exchange(leftovers[size], leftovers[size]->next);
}

void leave(Block* block) {
  const auto units = static_cast<std::size_t>(block->units);
  block->next = std::exchange(leftovers[units], block);
}

// With its header.
constexpr std::size_t units_of(std::size_t size) {
  return (size + kHeader + kUnit - 1) / kUnit;
}

}  // namespace

void* Recycled::operator new(std::size_t size) {
  const std::size_t units = units_of(size);
  if (!kRecycling || units > kLargest) {
    return ::operator new(size);
  }
  return &take(units)->next;
}

void Recycled::operator delete(void* memory, std::size_t size) noexcept {
  if (!kRecycling || units_of(size) > kLargest) {
    return ::operator delete(memory);
  }
  void* const block = static_cast<std::byte*>(memory) - kHeader;
  leave(static_cast<Block*>(block));
}
