// Recycled is a base class for objects that are made and destroyed over and
// over: the memory of one goes to the next of about its size.
#pragma once

#include <cstddef>

// What a fetch makes anew, each fetch would ask malloc(3) for. So `new` takes
// what another object has left, and only if there is nothing that fits asks
// malloc, for room for many. It is all given back when the thread ends: an
// object is destroyed by the thread that made it, and before that ends.
//
// Under AddressSanitizer it is plain new and delete: else an object that is
// used after its end would be taken for the next one, and go unnoticed.
struct Recycled {
  static void* operator new(std::size_t size);
  static void operator delete(void* memory, std::size_t size) noexcept;
};
