#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "specfuse/core/buffer.h"

namespace specfuse {

/// A picture, 8 bits of red, green and blue per pixel, row-major.
struct Picture {
  Picture() = default;
  /// Black.
  Picture(Index height, Index width) : rows(height), cols(width), rgb(static_cast<std::size_t>(height * width * 3)) {}
  std::uint8_t* pixel(Index row, Index col) { return rgb.data() + (row * cols + col) * 3; }
  const std::uint8_t* pixel(Index row, Index col) const { return rgb.data() + (row * cols + col) * 3; }

  Index rows = 0, cols = 0;
  std::vector<std::uint8_t> rgb;
};

/// The bytes of a PNG file. Throws `Error` for an empty picture, for one whose `rgb` has another size, and with
/// libpng's reason where it refuses. `dots_per_inch` gives its size in print; 0: none.
std::string encode_png(const Picture& image, int dots_per_inch = 0);

}  // namespace specfuse
