#pragma once

#include <optional>

#include "specfuse/io/hdf5.h"
#include "specfuse/io/image_writer.h"

namespace specfuse {

/// Writes an image as HDF5: float32 as /cube, its wavelengths as /wavelength_nm and its attributes on the file. With
/// `width_95` the error to be expected stands beside it: /sigma, half widths of intervals that hold 68 % of the errors,
/// with the attribute `width_95`, what they are to be multiplied with to hold 95 %.
class CubeWriter : public PartWriter {
 public:
  /// `like` has the bands, wavelengths and attributes of the image.
  CubeWriter(const std::string& path, const Cube& like, Index rows, Index cols, std::optional<double> width_95 = {});
  Index unit() const override;
  void write(Index row, Index col, const Tensor& part) override;
  void write_sigma(Index row, Index col, const Tensor& part);
  void finish() override;

 private:
  Hdf5Writer file_;
  Cube like_;
  Shape shape_;
};

/// Writes all of an image, and of its error where that is given. Throws `Error` with the path and the reason.
void write_cube(const std::string& path, const Cube& cube, const Cube* sigma = nullptr, double width_95 = 2);

}  // namespace specfuse
