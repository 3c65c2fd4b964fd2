#include "specfuse/core/buffer.h"

#include <limits>
#include <new>

#include "specfuse/core/error.h"

namespace specfuse {

std::shared_ptr<float[]> allocate_floats(Index count) {
  constexpr Index kMost = std::numeric_limits<Index>::max() / static_cast<Index>(sizeof(float)) / 2;
  SPECFUSE_CHECK(count >= 0 && count <= kMost, "allocate_floats: expected 0 to ", kMost, " floats, got ", count);
  void* memory =
      ::operator new (static_cast<std::size_t>(count) * sizeof(float), std::align_val_t{kAlignment}, std::nothrow);
  SPECFUSE_CHECK(memory != nullptr, "allocate_floats: out of memory for ", count, " floats");
  return {static_cast<float*>(memory), [](float* floats) { ::operator delete (floats, std::align_val_t{kAlignment}); }};
}

}  // namespace specfuse
