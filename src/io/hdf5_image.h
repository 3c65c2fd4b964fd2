#pragma once

#include "io/cube_dataset.h"
#include "specfuse/imaging/image.h"

namespace specfuse {

/// Whether a file is HDF5, by its first bytes.
bool is_hdf5(const std::string& path);

/// An image that is a dataset [rows, cols, bands] of an HDF5 file.
class Hdf5Image : public Image {
 public:
  /// Throws `DataError` where it is missing, empty or has another rank.
  Hdf5Image(const std::string& path, const CubeDataset& names);

  Index rows() const override { return shape_[0]; }
  Index cols() const override { return shape_[1]; }
  Index bands() const override { return shape_[2]; }
  Cube read(const Rectangle& part) const override;

 private:
  Hdf5Reader file_;
  CubeDataset names_;
  Shape shape_;
};

}  // namespace specfuse
