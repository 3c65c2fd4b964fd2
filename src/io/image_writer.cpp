#include "specfuse/io/image_writer.h"

#include <filesystem>

#include "io/writers/writers.h"
#include "specfuse/core/error.h"
#include "specfuse/io/scene.h"

namespace specfuse {
namespace {

const ImageWriter& ready(const ImageWriter& writer, const std::string& field) {
  SPECFUSE_CHECK_AS(ConfigError, writer.write != nullptr, field, ": ", writer.name, " needs ", writer.library,
                    ", and this program was built without it; install it, then build again");
  return writer;
}

}  // namespace

const std::vector<ImageWriter>& image_writers() {
  static const std::vector<ImageWriter> all = {
      {"hdf5", ".h5", [](const std::string& path, const Cube& cube) { write_cube(path, cube); }, "HDF5"},
      {"geotiff", ".tif", geotiff_writer(), "GDAL (Debian: libgdal-dev)", geotiff_beginner()},
      {"envi", ".img", envi_writer(), "GDAL (Debian: libgdal-dev)", envi_beginner()},
      {"matlab", ".mat", matlab_writer(), "matio (Debian: libmatio-dev)"}};
  return all;
}

const Choices& image_formats() {
  static const Choices all{"hdf5", "geotiff", "envi", "matlab"};
  return all;
}

const ImageWriter& image_writer(const std::string& name, const std::string& field) {
  for (const ImageWriter& writer : image_writers()) {
    if (writer.name == name) return ready(writer, field);
  }
  throw ConfigError(concat(field, ": no format is called ", name));
}

const ImageWriter& image_writer_for(const std::string& path) {
  const std::string ending = std::filesystem::path(path).extension().string();
  std::string known;
  for (const ImageWriter& writer : image_writers()) {
    if (writer.ending == ending) return ready(writer, path);
    known += concat(known.empty() ? "" : ", ", writer.ending, " (", writer.name, ")");
  }
  throw ConfigError(concat(path, ": expected a file ending in ", known, ", got \"", ending, "\""));
}

}  // namespace specfuse
