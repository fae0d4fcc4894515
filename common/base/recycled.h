// Recycled is a base class for objects that are made and destroyed over and
// over: the memory of one goes to the next of about its size.
#pragma once

#include <cstddef>

// Every fetch makes the same few objects. Their `new` takes the memory that an
// earlier object has left. Only when nothing fits does it ask malloc(3), and
// then for room for many. All of it is freed when the thread ends, so an object
// must be destroyed by the thread that made it.
//
// Under AddressSanitizer this is plain new and delete. Otherwise the use of a
// destroyed object would touch the next one, and go unnoticed.
struct Recycled {
  static void* operator new(std::size_t size);
  static void operator delete(void* memory, std::size_t size) noexcept;
};
