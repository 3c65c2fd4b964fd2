#include "specfuse/core/buffer.h"

#include <bit>
#include <limits>
#include <map>
#include <mutex>
#include <new>
#include <vector>

#include "specfuse/core/error.h"

namespace specfuse {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kRecycles = false;  // AddressSanitizer sees no use after free in memory that is never freed
#elif defined(__has_feature)
constexpr bool kRecycles = !__has_feature(address_sanitizer);
#else
constexpr bool kRecycles = true;
#endif

void* allocate(std::size_t bytes) { return ::operator new (bytes, std::align_val_t{kAlignment}, std::nothrow); }
void release(void* memory) { ::operator delete (memory, std::align_val_t{kAlignment}); }

/// Buffers that are free again, by size. A training step asks for the same sizes as the one before, and pages that the
/// system has to clear anew cost more than most of what is computed in them.
class Pool {
 public:
  /// Sizes are rounded up to four steps between powers of two, so that few are left waiting for a size of their own.
  static std::size_t rounded(std::size_t bytes) {
    if (bytes <= kSmallest) return bytes;
    const std::size_t step = std::bit_floor(bytes) / 4;
    return (bytes + step - 1) / step * step;
  }

  void* take(std::size_t bytes) {
    if (bytes > kSmallest) {
      const std::lock_guard lock(mutex_);
      const auto free = free_.find(bytes);
      if (free != free_.end() && !free->second.empty()) {
        void* memory = free->second.back();
        free->second.pop_back();
        kept_ -= bytes;
        return memory;
      }
    }
    return allocate(bytes);
  }

  void give_back(void* memory, std::size_t bytes) {
    if (bytes > kSmallest && bytes <= kLargest) {
      const std::lock_guard lock(mutex_);
      if (kept_ + bytes <= kMostKept) {
        free_[bytes].push_back(memory);
        kept_ += bytes;
        return;
      }
    }
    release(memory);
  }

 private:
  /// Below, the system's allocator is quick; above, a buffer is rarely wanted again.
  static constexpr std::size_t kSmallest = std::size_t{1} << 14, kLargest = std::size_t{1} << 26;
  static constexpr std::size_t kMostKept = std::size_t{1} << 28;
  std::mutex mutex_;
  std::map<std::size_t, std::vector<void*>> free_;
  std::size_t kept_ = 0;
};

Pool& pool() {
  static Pool& instance = *new Pool;  // never destroyed: it outlives every tensor
  return instance;
}

}  // namespace

std::shared_ptr<float[]> allocate_floats(Index count) {
  constexpr Index kMost = std::numeric_limits<Index>::max() / static_cast<Index>(sizeof(float)) / 2;
  SPECFUSE_CHECK(count >= 0 && count <= kMost, "allocate_floats: expected 0 to ", kMost, " floats, got ", count);
  const std::size_t bytes = Pool::rounded(static_cast<std::size_t>(count) * sizeof(float));
  void* memory = kRecycles ? pool().take(bytes) : allocate(bytes);
  SPECFUSE_CHECK(memory != nullptr, "allocate_floats: out of memory for ", count, " floats");
  return {static_cast<float*>(memory), [bytes](float* floats) {
            if (kRecycles) {
              pool().give_back(floats, bytes);
            } else {
              release(floats);
            }
          }};
}

}  // namespace specfuse
