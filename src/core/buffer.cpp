#include "specfuse/core/buffer.h"

#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <map>
#include <mutex>
#include <new>
#include <vector>

#include "specfuse/core/error.h"

namespace specfuse {
namespace {

std::atomic<double> bytes_in_use{0};

double bytes_of(Index count) { return static_cast<double>(count) * sizeof(float); }

/// Says no before the system would: it promises more memory than it has, and kills who believes it.
void reserve(Index count) {
  const double bytes = bytes_of(count);
  SPECFUSE_CHECK(count >= 0, "allocate_floats: expected 0 floats or more, got ", count);
  if (bytes_in_use.fetch_add(bytes) + bytes <= memory_bytes()) return;
  bytes_in_use.fetch_sub(bytes);
  throw Error(concat("out of memory: ", bytes / 1e9, " GB more are needed, there are ", memory_bytes() / 1e9,
                     " GB here, of which ", bytes_in_use.load() / 1e9, " in use"));
}

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kRecycles = false;  // AddressSanitizer sees no use after free in memory that is never freed
#elif defined(__has_feature)
constexpr bool kRecycles = !__has_feature(address_sanitizer);
#else
constexpr bool kRecycles = true;
#endif

/// Buffers that are free again, by size. A training step asks for the same sizes as the one before, and pages that the
/// system has to clear anew cost more than most of what is computed in them.
class BufferPool {
 public:
  void* take(std::size_t bytes) {
    const std::size_t size = rounded(bytes);
    if (kept(size)) {
      const std::lock_guard lock(mutex_);
      const auto free = free_.find(size);
      if (free != free_.end() && !free->second.empty()) {
        void* memory = free->second.back();
        free->second.pop_back();
        bytes_free_ -= size;
        return memory;
      }
    }
    void* memory = ::operator new(size, alignment(size), std::nothrow);
    if (memory != nullptr && size >= kHuge) ::madvise(memory, size / kHugePage * kHugePage, MADV_HUGEPAGE);
    return memory;
  }

  void give_back(void* memory, std::size_t bytes) {
    const std::size_t size = rounded(bytes);
    if (kept(size)) {
      const std::lock_guard lock(mutex_);
      if (bytes_free_ + size <= most_free_) {
        free_[size].push_back(memory);
        bytes_free_ += size;
        return;
      }
    }
    ::operator delete(memory, alignment(size));
  }

  void release() {
    const std::lock_guard lock(mutex_);
    for (const auto& [size, buffers] : free_) {
      for (void* memory : buffers) ::operator delete(memory, alignment(size));
    }
    free_.clear();
    bytes_free_ = 0;
  }

  void limit(std::size_t bytes) {
    release();
    const std::lock_guard lock(mutex_);
    most_free_ = bytes;
  }

 private:
  /// Below, the system's allocator is quick; above, a buffer is rarely wanted again.
  static constexpr std::size_t kSmallest = std::size_t{1} << 14, kLargest = std::size_t{3} << 26;

  /// From here on in pages of 2 MiB, where the system has them: the passes over the maps of a tile touch more small
  /// pages than the processor can look up at once.
  static constexpr std::size_t kHugePage = std::size_t{1} << 21, kHuge = 2 * kHugePage;

  static std::align_val_t alignment(std::size_t size) {
    return std::align_val_t{size >= kHuge ? kHugePage : static_cast<std::size_t>(kAlignment)};
  }

  static bool kept(std::size_t bytes) { return kRecycles && bytes > kSmallest && bytes <= kLargest; }

  /// Up to one of four steps between powers of two, so that few buffers wait for a size of their own.
  static std::size_t rounded(std::size_t bytes) {
    if (!kept(bytes)) return bytes;
    const std::size_t step = std::bit_floor(bytes) / 4;
    return (bytes + step - 1) / step * step;
  }

  std::mutex mutex_;
  std::map<std::size_t, std::vector<void*>> free_;
  std::size_t bytes_free_ = 0, most_free_ = std::size_t{1} << 28;
};

BufferPool& buffer_pool() {
  static BufferPool& instance = *new BufferPool;  // never destroyed: it outlives every tensor
  return instance;
}

}  // namespace

void release_free_buffers() { buffer_pool().release(); }

void limit_free_memory(double bytes) {
  // Larger blocks are the system's own, which leave no gaps where they were.
  const double largest_kept = std::min(bytes / 6, 33554432.0), most_kept = 4 * largest_kept;
  ::mallopt(M_MMAP_THRESHOLD, static_cast<int>(largest_kept));
  ::mallopt(M_TRIM_THRESHOLD, static_cast<int>(most_kept));
  buffer_pool().limit(static_cast<std::size_t>(bytes));
}

double memory_bytes() {
  static const double bytes = static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
  return bytes;
}

std::shared_ptr<float[]> allocate_floats(Index count) {
  reserve(count);
  const std::size_t bytes = static_cast<std::size_t>(count) * sizeof(float);
  void* memory = buffer_pool().take(bytes);
  if (memory == nullptr) bytes_in_use.fetch_sub(bytes_of(count));
  SPECFUSE_CHECK(memory != nullptr, "out of memory: ", bytes_of(count) / 1e9, " GB more are needed");
  return {static_cast<float*>(memory), [count, bytes](float* floats) {
            buffer_pool().give_back(floats, bytes);
            bytes_in_use.fetch_sub(bytes_of(count));
          }};
}

}  // namespace specfuse
