#include "io/hdf5_image.h"

#include "specfuse/core/error.h"

namespace specfuse {

Hdf5Image::Hdf5Image(const std::string& path, const CubeDataset& names) : file_(path), names_(names) {
  std::vector<Index> extents = file_.shape(names.values);
  if (extents.size() == 2) extents.push_back(1);
  if (extents.size() != 3) file_.read(names.values, 3);  // throws
  shape_ = {extents[0], extents[1], extents[2]};
  SPECFUSE_CHECK_AS(DataError, shape_.size() > 0, path, ": ", names.values, " is empty: its shape is ", shape_.text());
}

Cube Hdf5Image::read(const Rectangle& part) const {
  Cube cube = read_description(file_, names_);
  cube.values = file_.read_part(names_.values, {part.row, part.col}, {part.rows, part.cols});
  return cube;
}

}  // namespace specfuse
