#pragma once

#include <string>
#include <vector>

#include "specfuse/core/fields.h"
#include "specfuse/imaging/cube.h"

namespace specfuse {

/// A format that images are written in, for other programs.
struct ImageWriter {
  std::string name;
  /// Of its files, with the dot.
  std::string ending;
  /// Values as float32, no data as it stands in a file, wavelengths, what is said of the bands, georeference and texts;
  /// null where the program was built without the library that does it.
  void (*write)(const std::string& path, const Cube& cube);
  /// That library.
  std::string library;
};

/// hdf5, geotiff, envi (with its header beside it), matlab.
const std::vector<ImageWriter>& image_writers();

/// Their names.
const Choices& image_formats();

/// The writer of this name. Throws `ConfigError` naming `field` where its library is missing.
const ImageWriter& image_writer(const std::string& name, const std::string& field);

/// The same by the ending of a path. Throws `ConfigError` where no format has it, or its library is missing.
const ImageWriter& image_writer_for(const std::string& path);

}  // namespace specfuse
