#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "specfuse/imaging/cube.h"

namespace specfuse {

struct Choices;

/// Writes the file of an image part by part; a whole image is one part. All functions throw `Error` with the path and
/// the reason; what is not finished leaves nothing.
class PartWriter {
 public:
  virtual ~PartWriter() = default;
  /// Rows and columns that parts begin at multiples of, and end at unless at the end of the image.
  virtual Index unit() const { return 128; }
  /// The values [rows, cols, bands] of a part from this pixel on, with no data as it is to stand in the file. Each
  /// pixel is written once.
  virtual void write(Index row, Index col, const Tensor& part) = 0;
  /// Makes the file appear.
  virtual void finish() = 0;
};

/// How values are stored as integers of 16 bits: value = scale * stored + offset.
struct Packing {
  double scale = 1, offset = 0;
  /// What stands for no data.
  double no_data = -32768;
};

/// A format that images are written in, for other programs: an entry of src/io/writers.def and a file in
/// src/io/writers/.
struct ImageWriter {
  std::string name;
  /// Of its files, with the dot.
  std::string ending;
  /// Begins the file of an image of rows x cols pixels with the bands, wavelengths and attributes of `like`; values are
  /// float32. Null where the program was built without the library. Throws `Error` with the path and the reason.
  std::function<std::unique_ptr<PartWriter>(const std::string& path, const Cube& like, Index rows, Index cols)> begin;
  /// That library, and how to install it.
  std::string library{};
  /// Whether all parts stay in memory until the file is finished.
  bool collects = false;
  /// Begins the same of packed values; what does not fit is clipped, and a warning counts it. Null where the format
  /// packs none.
  std::function<std::unique_ptr<PartWriter>(const std::string& path, const Cube& like, Index rows, Index cols,
                                            const Packing& packing)>
      begin_packed{};

  /// This format, with packed values.
  ImageWriter packed(const Packing& packing) const;

  /// All of an image.
  void write(const std::string& path, const Cube& cube) const;
};

/// Every format.
const std::vector<ImageWriter>& image_writers();

/// Their names.
const Choices& image_formats();

/// The writer of this name. Throws `ConfigError` naming `field` where its library is missing.
const ImageWriter& image_writer(const std::string& name, const std::string& field);

/// The same by the ending of a path. Throws `ConfigError` where no format has it, or its library is missing.
const ImageWriter& image_writer_for(const std::string& path);

}  // namespace specfuse
