#pragma once

#include <array>
#include <functional>
#include <string>

#include "specfuse/tensor/tensor.h"

namespace specfuse {

/// Rows, cols and bands of the chunks that an image [rows, cols, bands] is stored in: all bands of a square of pixels,
/// about a megabyte.
std::array<Index, 3> chunk_shape(const Shape& image);

/// Calls store(row, col, bytes) for each chunk of this shape of the image in turn, with its first pixel and its bytes
/// as HDF5's filters shuffle and deflate leave them; beyond the image chunks hold zeros. They are packed on all
/// threads.
void pack_chunks(const Tensor& image, const std::array<Index, 3>& chunk,
                 const std::function<void(Index, Index, const std::string&)>& store);

}  // namespace specfuse
