#pragma once

#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "specfuse/imaging/cube.h"

namespace specfuse {

class FieldVisitor;

/// What stands in a file where nothing was measured.
struct NoData {
  std::optional<double> value;
  bool nan = false;
  /// Dataset [rows, cols] beside a scene, 0 where there is no data; empty: none.
  std::string mask;

  /// What is given as one number is this field.
  static constexpr const char* kShort = "value";

  bool given() const { return value.has_value() || nan || !mask.empty(); }
  void describe(FieldVisitor& fields);
};

/// The name of the attribute with the value that stands for no data.
inline const std::string kNoDataAttribute = "nodata";

/// Whether a value is what stands for no data, as floats: the largest of these are all one.
bool is_missing(float value, double missing);

/// Marks the pixels without data, those where `mask` [rows, cols] is 0 (undefined: none) and those that are marked
/// already among them, and fills them in from around; the attribute `nodata` then has the value that stood there. False
/// where no pixel is left: all values are 0 then.
bool mark_no_data(Cube& cube, const NoData& no_data, const Tensor& mask);

/// Whether any pixel holds data.
bool has_data(const Cube& cube);

/// Gives pixels without data the mean of those of their eight neighbours that have any, or have been filled before:
/// from the edge of the data inwards. What stood there is not used.
void fill_from_around(Cube& cube);

/// The values as a file is to hold them: outliers as measured, and where there is no data, the value of the attribute
/// `nodata`, or NaN.
Tensor with_no_data(const Cube& cube);

/// In how many pixels all bands are `value`.
Index pixels_of(const Cube& cube, float value);

/// Looks in the parts of an image for values that most likely stand for no data and were not declared.
class UndeclaredNoData {
 public:
  void add(const Cube& part);
  /// A value that most likely stands for no data, and how many pixels have it: in all bands, or in this one.
  struct Suspect {
    double value = 0;
    Index pixels = 0;
    std::optional<Index> band{};
  };
  /// What is certain enough to be refused, or else 0 in all bands of a hundredth of the pixels or more.
  std::optional<Suspect> suspect() const;
  /// In how many pixels with data all bands are 0.
  Index zeros() const { return zeros_; }
  /// What is certain enough to be refused, a sentence on all parts; empty where there is nothing of the kind.
  std::string text() const;
  /// What may be so or not, a sentence each; `path` is that of the image in the configuration.
  std::vector<std::string> warnings(const std::string& path) const;

 private:
  void look_at(const float* pixel, bool says_zero);
  bool is_saturated() const;
  std::optional<Suspect> certain() const;
  bool has_zeros() const { return zeros_ > 0 && 100 * zeros_ >= pixels_; }

  struct Extreme {
    float value;
    /// In how many pixels all bands have it.
    Index pixels = 0;
  };
  Extreme least_{std::numeric_limits<float>::infinity()}, most_{-std::numeric_limits<float>::infinity()};
  Index pixels_ = 0, bands_ = 0;
  /// Pixels that some bands have data for, and count as without any.
  Index holes_ = 0;
  /// Of the pixels that are not without data: how many are 0 in all bands, and in some where that stands for no data.
  Index zeros_ = 0, partly_ = 0;
  /// Of each band.
  std::vector<float> lows_, highs_;
  /// In how many pixels a band has a value that only fills.
  std::map<std::pair<std::size_t, float>, Index> fills_;
};

/// The pixels that two images of the same size both have data for, side by side [1, pixels, bands], as pixels of
/// `cube`.
Cube valid_pixels(const Cube& cube, const Cube& other);

/// The largest rectangle in which two images of the same size both have data everywhere; empty where there is none.
Rectangle largest_valid_part(const Cube& cube, const Cube& other);

}  // namespace specfuse
