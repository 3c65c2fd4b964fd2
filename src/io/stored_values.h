#pragma once

#include <limits>
#include <string>
#include <vector>

#include "specfuse/imaging/no_data.h"

namespace specfuse {

/// Names of the attributes with what stored values are multiplied with and what is added then: one number, or one for
/// each band, as are those of `kNoDataAttribute`.
inline const std::string kScaleAttribute = "scale_factor", kOffsetAttribute = "add_offset";

/// How values are stored in a file, as attributes under the names of the netCDF conventions (CF 1.11,
/// sections 2.5.1 and 8.1): what stands for no data, what may be measured, scale and offset.
class StoredValues {
 public:
  /// Takes all of it out of the attributes of an image: the values that are made of the stored ones are no longer
  /// such. `given` overrides what stands for no data by the file. `where` names the image in errors and in
  /// warnings, which are added to its notes. Throws `DataError` on lists of another length than the bands.
  StoredValues(const std::string& where, const NoData& given, Cube& image);

  /// Leaves these bands, counted from 0.
  void select(const std::vector<Index>& bands);
  /// Whether values of one band alone may stand for no data.
  bool may_miss() const { return !missing_.empty() || has_range(); }
  /// Whether a stored value of a band stands for no data there.
  bool is_missing(float value, Index band) const;
  /// Makes stored values those that they stand for, and marks the pixels without data, those among them that `mask`
  /// [rows, cols] (undefined: none) or the image itself marks. False where none is left.
  bool settle(const Tensor& mask, Cube& cube) const;

 private:
  /// For all bands, or one for each.
  using Numbers = std::vector<double>;
  static double of_band(const Numbers& numbers, Index band) {
    return numbers.size() == 1 ? numbers.front() : numbers[static_cast<std::size_t>(band)];
  }
  bool has_range() const { return least_ > -kEndless || most_ < kEndless; }
  bool is_packed() const { return !scale_.empty() || !offset_.empty(); }
  bool has_data(const float* pixel, Index bands) const;

  static constexpr double kEndless = std::numeric_limits<double>::infinity();
  std::vector<Numbers> missing_;
  Numbers scale_, offset_;
  double least_ = -kEndless, most_ = kEndless;
};

}  // namespace specfuse
