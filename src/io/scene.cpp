#include "specfuse/io/scene.h"

#include <cerrno>
#include <cstring>
#include <fstream>

#include "io/cube_dataset.h"
#include "specfuse/core/error.h"

namespace specfuse {

#define SPECFUSE_FORMAT(name) SceneFormat name##_format();
#include "io/formats.def"
#undef SPECFUSE_FORMAT

const std::vector<SceneFormat>& scene_formats() {
  static const std::vector<SceneFormat> all = {
#define SPECFUSE_FORMAT(name) name##_format(),
#include "io/formats.def"
#undef SPECFUSE_FORMAT
  };
  return all;
}

Cube read_scene(const std::string& path, const std::string& dataset) {
  SPECFUSE_CHECK_AS(DataError, std::ifstream(path).good(), "cannot read ", path, ": ", std::strerror(errno));
  std::string known;
  for (const SceneFormat& format : scene_formats()) {
    if (format.recognises(path)) return format.read(path, dataset);
    known.append(known.empty() ? "" : ", ").append(format.name);
  }
  throw DataError(concat(path, ": expected a scene in a format that is known (", known, "), got another"));
}

void write_cube(const std::string& path, const Cube& cube, const std::string& dataset) {
  Hdf5Writer file(path);
  write_cube(file, {dataset, "/wavelength_nm"}, cube);
  write_attributes(file, cube);
  file.finish();
}

void write_fused(const std::string& path, const Cube& fused, const Cube& sigma, double width_95) {
  Hdf5Writer file(path);
  write_cube(file, {"/cube", "/wavelength_nm"}, fused);
  file.write("/sigma", sigma.values);
  file.attribute("/sigma", "width_95", width_95);
  write_attributes(file, fused);
  file.finish();
}

}  // namespace specfuse
