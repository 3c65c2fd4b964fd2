#pragma once

#include <array>
#include <vector>

namespace specfuse {

/// Shares of all errors, in per cent, whose size `ErrorStatistics` gives.
inline constexpr std::array<double, 6> kErrorShares{50, 90, 95, 99, 99.9, 100};

/// How large the errors |fused - reference| of an image are, in which bands, and at what brightness.
struct ErrorStatistics {
  /// The size that each of `kErrorShares` of the errors do not exceed, to 0.4 %; the last, the largest error, exactly.
  std::array<double, kErrorShares.size()> size{};
  /// A histogram over the logarithm of the size: the middle of each bin, and the per cent of all errors that a decade
  /// of such errors would hold. Errors of zero are in no bin. The bins are the same for all images.
  std::vector<double> bin, density;
  /// Root mean square error of each band.
  std::vector<double> band_rmse;
  /// Pixels sorted by brightness, the root mean square of their spectrum in the reference, into groups of equal size:
  /// the mean brightness of each, and the median angle between the spectra. Pixels without an angle are left out. Of
  /// more than 2 million pixels as many are taken, spread evenly.
  std::vector<double> brightness, angle_deg;
};

}  // namespace specfuse
