// Reads the head of a response in one go, if that is easy.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

// Nearly every head comes whole, without fault, and without what is rare: an
// interim response, a folded field, a Transfer-Encoding, a Content-Length that
// isn't one plain number, a bare LF. Such a head is read here, at a quarter of
// the cost of reading it line by line. Any other is not judged at all.
struct QuickHead {
  // Longer ones aren't easy, so no line is longer than a Response allows.
  static constexpr std::size_t kMost = 64 * 1024;
  static constexpr std::uint64_t kNoLength = ~std::uint64_t{0};

  // The head that `bytes` begins with. It refers to them.
  explicit QuickHead(std::string_view bytes);

  std::size_t size = 0;      // bytes, with the empty line; 0: not an easy one
  std::uint16_t status = 0;  // 200 to 999
  std::string_view reason;
  std::uint64_t length = kNoLength;  // as Content-Length has it
};
