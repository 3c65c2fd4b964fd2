#include "specfuse/io/scene.h"

#include "cube_dataset.h"

namespace specfuse {

Cube read_scene(const std::string& path, const std::string& dataset) {
  const Hdf5Reader file(path);
  return read_cube(file, {dataset, "/wavelength_nm"});
}

void write_cube(const std::string& path, const Cube& cube, const std::string& dataset) {
  Hdf5Writer file(path);
  write_cube(file, {dataset, "/wavelength_nm"}, cube);
  write_attributes(file, cube);
  file.finish();
}

}  // namespace specfuse
