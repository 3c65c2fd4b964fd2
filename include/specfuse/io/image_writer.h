#pragma once

#include <memory>
#include <string>
#include <vector>

#include "specfuse/core/fields.h"
#include "specfuse/imaging/cube.h"

namespace specfuse {

/// Writes an image part by part. All functions throw `Error` with the path and the reason; what is not finished leaves
/// nothing.
class PartWriter {
 public:
  virtual ~PartWriter() = default;

  /// The values of a part from this pixel on, with no data as it is to stand in the file: the whole image, or parts
  /// that begin at multiples of `kSide` and are as large, except at its end.
  virtual void write(Index row, Index col, const Tensor& part) = 0;
  /// Makes the file appear.
  virtual void finish() = 0;

  static constexpr Index kSide = 128;
};

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
  /// The same part by part, of an image with the bands, wavelengths and attributes of `like`; null where the format, or
  /// this build, cannot.
  std::unique_ptr<PartWriter> (*begin)(const std::string& path, const Cube& like, Index rows, Index cols) = nullptr;
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
