#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "specfuse/tensor/tensor.h"

namespace specfuse {

/// A text or a list of numbers.
using AttributeValue = std::variant<std::string, std::vector<double>>;

/// What was left out when an image was read, and warnings: for messages, and for whatever counts the file's
/// bands. It is of what was read, not of what is made of it.
struct FileNotes {
  /// The bands that are left of `bands` that were asked for, counted from 0; empty: all.
  std::vector<Index> remaining{};
  Index bands = 0;
  /// The bands that left and why, and warnings: sentences without their full stops.
  std::vector<std::string> left_out{}, warnings{};
  /// Of what was read, not of a part of it: pixels that some bands have data for, and count as without any.
  Index partly = 0;
};

/// A value that cannot have been measured (outliers.h): what stands in the file, and what is filled in.
struct Outlier {
  Index row, col, band;
  float measured, filled;
};

/// An image with many bands: values [rows, cols, bands], band fastest. Copies share the values.
struct Cube {
  Tensor values;
  /// Band centres in nanometres; empty where unknown. Not necessarily increasing.
  std::vector<double> wavelength_nm;
  /// Attributes of the file it came from (sensor, geotransform, licence ...), carried to what is made of it.
  std::map<std::string, AttributeValue> attributes;
  /// Whether each pixel holds data; empty: all do. Values of those that do not are filled in from around (no_data.h).
  /// Methods get images without it.
  std::vector<std::uint8_t> valid;
  /// Of its values; in `values` stands what is filled in. Methods get images without these, too.
  std::vector<Outlier> outliers;
  /// Only of what was read, or is a part of it.
  FileNotes notes;

  Cube() = default;
  /// Zero values, no wavelengths.
  Cube(Index rows, Index cols, Index bands) : values(Shape{rows, cols, bands}) {}

  Index rows() const { return values.dim(0); }
  Index cols() const { return values.dim(1); }
  Index bands() const { return values.dim(2); }
  Index pixels() const { return rows() * cols(); }
  bool is_valid(Index pixel) const { return valid.empty() || valid[static_cast<std::size_t>(pixel)] != 0; }
  /// An image of another size whose values are not set, with these wavelengths and attributes.
  Cube resized(Index new_rows, Index new_cols) const;

  /// "100 x 100 x 198": rows, columns and bands.
  std::string size_text() const;
  /// The spectrum of one pixel: `bands()` floats.
  float* pixel(Index row, Index col) { return values.data() + (row * cols() + col) * bands(); }
  const float* pixel(Index row, Index col) const { return values.data() + (row * cols() + col) * bands(); }
};

/// Rows [row, row + rows) and columns [col, col + cols) of an image, in its own pixels.
struct Rectangle {
  Index row = 0, col = 0, rows = 0, cols = 0;
  bool operator==(const Rectangle&) const = default;
  /// Whether it has pixels, and all of them are among height x width.
  bool is_within(Index height, Index width) const;
  /// "rows 0-31, cols 16-63".
  std::string text() const;
};

/// A copy of a part of a cube, wavelengths and attributes included. Throws `Error` where the rectangle is empty or
/// reaches outside.
Cube crop(const Cube& cube, const Rectangle& part);

/// A copy of bands [first, first + count) of a cube, with their wavelengths. Throws `Error` where there are none such.
Cube crop_bands(const Cube& cube, Index first, Index count);

/// A cube with its values in `copy_on_disk` of a folder; as it is where none is given.
Cube on_disk(const Cube& cube, const std::string& folder);

/// A part of an image with a margin around it, as far as there are pixels.
Rectangle with_margin(const Rectangle& part, Index margin, const Cube& image);
/// The same in an image of rows x cols.
Rectangle with_margin(const Rectangle& part, Index margin, Index rows, Index cols);

/// The mean of each band over all pixels, summed in their order.
std::vector<double> band_means(const Cube& cube);
/// The mean of the squares of a band over all pixels.
double mean_square(const Cube& cube, Index band);

}  // namespace specfuse
