#pragma once

#include <map>
#include <string>
#include <vector>

#include "specfuse/imaging/cube.h"

namespace specfuse {

/// One band of a reference x and a fused image y.
struct BandStatistics {
  double most, least, mean, squared_error;
  /// Sums of squares and products about the means; exactly 0 where an image is constant, since sums of equal floats are
  /// exact in double.
  double reference_variation, fused_variation, covariation;
  double fused_mean;

  /// Whether all values of the reference are equal.
  bool is_constant() const { return most == least; }
};

/// What all metrics share: statistics of the bands over the pixels of all parts of an image.
struct Totals {
  Index ratio = 1, pixels = 0;
  std::vector<BandStatistics> bands{};
};

/// Of all pixels of two images, in double precision.
Totals totals_of(const Cube& reference, const Cube& fused);

/// Adds those of other pixels (Chan, Golub and LeVeque 1979, eq. 2.1).
void join(Totals& sum, const Totals& part);

/// Counts by reason, as in `Scores::left_out`.
using LeftOut = std::map<std::string, Index>;

/// Throws `Error` unless the shapes are equal, there are pixels and bands, and all values are finite.
void check_comparable(const Cube& reference, const Cube& fused);

/// Between two spectra; NaN where one has norm zero.
double angle_deg(const float* x, const float* y, Index bands);

/// value(x, y, bands) of the spectra of each pixel [rows, cols], NaN where data is missing. Throws as
/// `check_comparable`.
Tensor map_of(const Cube& reference, const Cube& fused, double (*value)(const float* x, const float* y, Index bands));

/// Over all values: the mean of (x - y)^2, and the largest x.
double mean_squared_error(const Totals& totals);
double most(const Totals& totals);

/// 10 log10(peak^2 / squared_error); NaN for a peak of zero.
double decibels(double peak, double squared_error);

/// As `band_psnr_db`.
std::vector<double> band_psnr_db_of(const Totals& totals);

/// The mean over the bands of value(band), without those where it is NaN: these are counted under `reason`.
template <class Value>
double mean_over_bands(const Totals& totals, const char* reason, LeftOut& left_out, Value value) {
  double total = 0;
  Index used = 0;
  for (const BandStatistics& band : totals.bands) {
    const double part = value(band);
    if (part != part) continue;
    total += part;
    ++used;
  }
  const Index unused = static_cast<Index>(totals.bands.size()) - used;
  if (unused > 0) left_out[reason] = unused;
  return total / static_cast<double>(used);
}

}  // namespace specfuse
