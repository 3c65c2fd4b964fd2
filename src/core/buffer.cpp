#include "specfuse/core/buffer.h"

#include <unistd.h>

#include <atomic>
#include <new>

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

}  // namespace

double memory_bytes() {
  static const double bytes = static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
  return bytes;
}

std::shared_ptr<float[]> allocate_floats(Index count) {
  reserve(count);
  void* memory =
      ::operator new (static_cast<std::size_t>(count) * sizeof(float), std::align_val_t{kAlignment}, std::nothrow);
  if (memory == nullptr) bytes_in_use.fetch_sub(bytes_of(count));
  SPECFUSE_CHECK(memory != nullptr, "out of memory: ", bytes_of(count) / 1e9, " GB more are needed");
  return {static_cast<float*>(memory), [count](float* floats) {
            ::operator delete (floats, std::align_val_t{kAlignment});
            bytes_in_use.fetch_sub(bytes_of(count));
          }};
}

}  // namespace specfuse
