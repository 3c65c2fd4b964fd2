#pragma once

#include <cstdint>
#include <memory>

namespace specfuse {

/// Signed size and position type used everywhere.
using Index = std::int64_t;

/// Alignment of every float buffer in bytes: one cache line, one AVX-512 register.
inline constexpr std::size_t kAlignment = 64;

/// `count` floats, uninitialised, aligned to `kAlignment`, freed with the last owner.
/// Throws `Error` naming the size if the memory cannot be had.
std::shared_ptr<float[]> allocate_floats(Index count);

}  // namespace specfuse
