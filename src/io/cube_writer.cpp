#include "specfuse/io/cube_writer.h"

#include <algorithm>

#include "io/cube_dataset.h"

namespace specfuse {

CubeWriter::CubeWriter(const std::string& path, const Cube& like, Index rows, Index cols,
                       std::optional<double> width_95)
    : file_(path), like_(like), shape_{rows, cols, like.bands()} {
  file_.create_packed("/cube", shape_);
  if (!width_95) return;
  file_.create_packed("/sigma", shape_);
  file_.attribute("/sigma", "width_95", *width_95);
}

Index CubeWriter::unit() const { return std::ranges::max(Hdf5Writer::chunk_of(shape_)); }

void CubeWriter::write(Index row, Index col, const Tensor& part) { file_.write_part("/cube", row, col, part); }

void CubeWriter::write_sigma(Index row, Index col, const Tensor& part) { file_.write_part("/sigma", row, col, part); }

void CubeWriter::finish() {
  if (!like_.wavelength_nm.empty()) file_.write("/wavelength_nm", like_.wavelength_nm);
  write_attributes(file_, like_);
  file_.finish();
}

void write_cube(const std::string& path, const Cube& cube, const Cube* sigma, double width_95) {
  CubeWriter file(path, cube, cube.rows(), cube.cols(), sigma ? std::optional(width_95) : std::nullopt);
  file.write(0, 0, with_no_data(cube));
  if (sigma) file.write_sigma(0, 0, with_no_data(*sigma));
  file.finish();
}

}  // namespace specfuse
