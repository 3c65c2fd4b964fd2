#pragma once

#include <array>
#include <optional>
#include <string>

#include "specfuse/imaging/cube.h"
#include "specfuse/io/hdf5.h"

namespace specfuse {

/// Writes the file of an image as `write_cube` and `write_fused` do, part by part: memory for the whole is never taken.
class CubeWriter {
 public:
  /// `like` has the bands, wavelengths and attributes of the image. `width_95` is given where errors to be expected are
  /// written beside it. Throws `Error` with the path and the reason, as all that follows.
  CubeWriter(const std::string& path, const Cube& like, Index rows, Index cols, std::optional<double> width_95 = {});

  /// Rows and columns that parts begin at multiples of, and end at unless at the end of the image.
  std::array<Index, 2> unit() const;
  /// A part from this pixel on, with no data as it is to stand in the file. Each is written once.
  void write(Index row, Index col, const Tensor& part);
  void write_sigma(Index row, Index col, const Tensor& part);
  /// Makes the file appear.
  void finish();

 private:
  Hdf5Writer file_;
  Shape shape_;
};

}  // namespace specfuse
