#include "io/hdf5_chunks.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "specfuse/core/threads.h"
#include "specfuse/io/deflate.h"

namespace specfuse {
namespace {

constexpr Index kChunkBytes = 1 << 20;
constexpr std::size_t kValueBytes = sizeof(float);
/// Chunks packed before any is stored: enough for all threads, few enough to be small beside the image.
constexpr Index kAtOnce = 32;

std::string pack_chunk(const Tensor& image, Index first_row, Index first_col, const std::array<Index, 3>& chunk) {
  const auto count = static_cast<std::size_t>(chunk[0] * chunk[1] * chunk[2]);
  std::vector<unsigned char> shuffled(count * kValueBytes);
  const Index rows = std::min(chunk[0], image.dim(0) - first_row), cols = std::min(chunk[1], image.dim(1) - first_col);
  for (Index row = 0; row < rows; ++row) {
    const auto* const from = reinterpret_cast<const unsigned char*>(
        image.data() + ((first_row + row) * image.dim(1) + first_col) * image.dim(2));
    const auto to = static_cast<std::size_t>(row * chunk[1] * chunk[2]);
    const auto values = static_cast<std::size_t>(cols * chunk[2]);
    for (std::size_t byte = 0; byte < kValueBytes; ++byte) {
      unsigned char* const plane = shuffled.data() + byte * count + to;
      for (std::size_t i = 0; i < values; ++i) plane[i] = from[i * kValueBytes + byte];
    }
  }
  return deflated(shuffled);
}

}  // namespace

std::array<Index, 3> chunk_shape(const Shape& image) {
  const Index bytes = image[2] * static_cast<Index>(kValueBytes);
  const auto side = std::max<Index>(std::lround(std::sqrt(static_cast<double>(kChunkBytes / bytes))), 1);
  return {std::min(side, image[0]), std::min(side, image[1]), image[2]};
}

void pack_chunks(const Tensor& image, const std::array<Index, 3>& chunk,
                 const std::function<void(Index, Index, const std::string&)>& store) {
  const Index across = (image.dim(1) + chunk[1] - 1) / chunk[1], down = (image.dim(0) + chunk[0] - 1) / chunk[0];
  const auto row_of = [&](Index i) { return i / across * chunk[0]; };
  const auto col_of = [&](Index i) { return i % across * chunk[1]; };
  for (Index first = 0; first < across * down; first += kAtOnce) {
    std::vector<std::string> packed(static_cast<std::size_t>(std::min(kAtOnce, across * down - first)));
    parallel_for(static_cast<Index>(packed.size()), [&](Index i) {
      packed[static_cast<std::size_t>(i)] = pack_chunk(image, row_of(first + i), col_of(first + i), chunk);
    });
    for (std::size_t i = 0; i < packed.size(); ++i) {
      const Index at = first + static_cast<Index>(i);
      store(row_of(at), col_of(at), packed[i]);
    }
  }
}

}  // namespace specfuse
