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
///   ssim            mean over b of structural similarity (Wang et al. 2004): Gaussian 11 x 11 windows of sigma 1.5
///   that
///                   lie inside, K1 = 0.01, K2 = 0.03, dynamic range max(x_b) - min(x_b)
///   uiqi            mean over b of the quality index (Wang and Bovik 2002) over 32 x 32 windows, stride 1
///   q2n             2^n-ary quality index (Garzelli and Nencini 2009), 32 x 32 blocks, bands filled up to a power of
///                   two, the image mirrored at its lower and right edges where it does not divide by 32
///   rmse            root of the mean squared difference of all values
///   cc              mean over b of the correlation coefficient
/// A band whose maximum, span or mean is zero is left out of the quotients that it would make meaningless, and counted;
/// so is, of psnr_db, a constant band that is reproduced exactly.
/// ssim is NaN for images of fewer than 11 rows or columns, uiqi and q2n of fewer than 32; that is counted too.
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
