#pragma once

#include <map>
#include <string>
#include <vector>

#include "specfuse/imaging/cube.h"

namespace specfuse {

/// What is known of a quality measure beside its value.
struct MetricInfo {
  /// Its name in every table and file.
  std::string key;
  /// "dB", "deg" or empty.
  std::string unit;
  bool higher_is_better = true;
};

/// Every measure, in the order of `evaluate`.
std::vector<MetricInfo> metric_list();

struct Score {
  std::string key;
  double value = 0;
};

struct Scores {
  /// In the order of `metric_list`. Infinite where the quotient is (an identical band); NaN where nothing is left to
  /// average.
  std::vector<Score> values;
  /// How many bands or pixels some measure could not use, by reason; reasons that did not occur are absent.
  std::map<std::string, Index> left_out;
};

/// Every measure of `fused` against `reference` in double precision, x reference, y fused, b band, MSE_b over pixels:
///   psnr_db         mean over b of 10 log10(max(x_b)^2 / MSE_b)
///   psnr_global_db  10 log10(max(x)^2 / mean_b MSE_b)
///   psnr_unit_db    mean over b of 10 log10((max(x_b) - min(x_b))^2 / MSE_b)
///   sam_deg         mean angle between spectra (Kruse et al. 1993, eq. 1), pixels where both norms are non-zero
///   ergas           100 / ratio * sqrt(mean over b of MSE_b / mean(x_b)^2) (Wald 2000)
///   rmse            root of the mean squared difference of all values
///   cc              mean over b of the correlation coefficient
/// A band whose maximum, span or mean is zero is left out of the quotients that it would make meaningless, and counted.
/// Throws `Error` unless shapes are equal, values finite and ratio at least 1.
Scores evaluate(const Cube& reference, const Cube& fused, Index ratio);

/// 10 log10(max(x_b)^2 / MSE_b) of every band: infinite where the band is identical, NaN where its maximum is zero.
/// Throws as `evaluate` does.
std::vector<double> band_psnr_db(const Cube& reference, const Cube& fused);

/// The angle between the spectra of each pixel in degrees [rows, cols], NaN where a norm is zero. Throws as `evaluate`.
Tensor sam_map_deg(const Cube& reference, const Cube& fused);

/// The root mean square over bands of the difference at each pixel [rows, cols]. Throws as `evaluate`.
Tensor error_map(const Cube& reference, const Cube& fused);

}  // namespace specfuse
