#pragma once

#include <map>
#include <string>
#include <vector>

#include "specfuse/imaging/cube.h"
#include "specfuse/metrics/error_statistics.h"
#include "specfuse/metrics/metrics.h"

namespace specfuse {

/// One band of a reference x and a fused image y, over all pixels.
struct BandStatistics {
  double most, least, mean, squared_error;
  /// Sums of squares and products about the means; exactly 0 where an image is constant, since sums of equal floats are
  /// exact in double.
  double reference_variation, fused_variation, covariation;
  double fused_mean;
};

/// What every measure looks at.
struct Comparison {
  const Cube& reference;
  const Cube& fused;
  Index ratio;
  std::vector<BandStatistics> bands;
};

/// Counts by reason, as in `Scores::left_out`.
using LeftOut = std::map<std::string, Index>;

/// What of two images holds data in both: all pixels that do, and for measures of windows the largest rectangle of
/// them.
class ValidImages {
 public:
  /// Throws as `evaluate` does.
  ValidImages(const Cube& reference, const Cube& fused, Index ratio);
  const Comparison& seen_by(const MetricInfo& metric) const { return metric.windows ? windows_ : pixels_; }
  const Comparison& pixels() const { return pixels_; }
  /// Counts the pixels without data, and those outside the rectangle.
  void count_missing(LeftOut& left_out) const;

 private:
  Index all_;
  Cube reference_, fused_, reference_part_, fused_part_;
  Comparison pixels_, windows_;
};

/// Throws `Error` unless the shapes are equal, there are pixels and bands, and all values are finite.
void check_comparable(const Cube& reference, const Cube& fused);

/// What the functions of the same names without `_of` say, of images that were looked at before.
Scores scores_of(const ValidImages& images);
std::vector<double> band_psnr_db_of(const ValidImages& images);
ErrorStatistics error_statistics_of(const ValidImages& images);
Scores profile_scores_of(const std::string& profile, const ValidImages& images);

std::vector<BandStatistics> band_statistics(const Cube& reference, const Cube& fused);

/// Between two spectra; NaN where one has norm zero.
double angle_deg(const float* x, const float* y, Index bands);

/// Over all values: the mean of (x - y)^2, and the largest x.
double mean_squared_error(const Comparison& images);
double most(const Comparison& images);

/// 10 log10(peak^2 / squared_error); NaN for a peak of zero, which says nothing about the error.
double decibels(double peak, double squared_error);

/// The mean over the bands of value(band), without those where it is NaN: these are counted under `reason`.
template <class Value>
double mean_over_bands(const Comparison& images, const char* reason, LeftOut& left_out, Value value) {
  double total = 0;
  Index used = 0;
  for (const BandStatistics& band : images.bands) {
    const double part = value(band);
    if (part != part) continue;
    total += part;
    ++used;
  }
  const Index unused = static_cast<Index>(images.bands.size()) - used;
  if (unused > 0) left_out[reason] = unused;
  return total / static_cast<double>(used);
}

}  // namespace specfuse
