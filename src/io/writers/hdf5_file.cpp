#include "specfuse/io/cube_writer.h"

namespace specfuse {

ImageWriter hdf5_file() {
  return {"hdf5", ".h5", [](const std::string& path, const Cube& like, Index rows, Index cols) {
            return std::make_unique<CubeWriter>(path, like, rows, cols);
          }};
}

}  // namespace specfuse
