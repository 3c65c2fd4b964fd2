#pragma once

#include <cstdint>
#include <memory>

namespace specfuse {

/// Signed size and position type used everywhere.
using Index = std::int64_t;

/// Alignment of every float buffer in bytes: one cache line, one AVX-512 register.
inline constexpr std::size_t kAlignment = 64;

/// The machine's memory.
double memory_bytes();

/// `count` floats, uninitialised, aligned to `kAlignment`, freed with the last owner. All that are alive together never
/// take more than the machine's memory: throws `Error` naming the size if this or the memory itself cannot be had.
std::shared_ptr<float[]> allocate_floats(Index count);

/// Gives free buffers that wait to be used again back to the system.
void release_free_buffers();

/// Keeps no more than this of free buffers from now on, 256 MiB by default, and has the system's allocator
/// give back large blocks that are freed, the smaller the limit the more of them: less memory for more time.
void limit_free_memory(double bytes);

}  // namespace specfuse
