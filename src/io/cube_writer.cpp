#include "specfuse/io/cube_writer.h"

#include "io/cube_dataset.h"

namespace specfuse {

CubeWriter::CubeWriter(const std::string& path, const Cube& like, Index rows, Index cols,
                       std::optional<double> width_95)
    : file_(path), shape_{rows, cols, like.bands()} {
  file_.create_packed("/cube", shape_);
  if (!like.wavelength_nm.empty()) file_.write("/wavelength_nm", like.wavelength_nm);
  if (width_95) {
    file_.create_packed("/sigma", shape_);
    file_.attribute("/sigma", "width_95", *width_95);
  }
  write_attributes(file_, like);
}

std::array<Index, 2> CubeWriter::unit() const { return Hdf5Writer::chunk_of(shape_); }

void CubeWriter::write(Index row, Index col, const Tensor& part) { file_.write_part("/cube", row, col, part); }

void CubeWriter::write_sigma(Index row, Index col, const Tensor& part) { file_.write_part("/sigma", row, col, part); }

void CubeWriter::finish() { file_.finish(); }

}  // namespace specfuse
