// How many fetches at a time the limit on open files allows.
#pragma once

#include <cstddef>
#include <cstdint>

// As many of the `wanted` as fit, if one of them may have `files` open at a
// time. Raises the limit first as far as it goes, and counts what is open
// already, perhaps since before this program. Leaves room for name lookups, and
// tells them how much. Throws std::runtime_error if not even one fits.
std::size_t allowed_concurrency(std::uint64_t wanted, std::uint64_t files);
