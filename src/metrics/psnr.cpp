#include <algorithm>
#include <cmath>
#include <limits>

#include "metrics/comparison.h"
#include "specfuse/metrics/metrics.h"

namespace specfuse {
namespace {

/// 10 log10(peak^2 / squared_error); NaN for a peak of zero, which says nothing about the error.
double decibels(double peak, double squared_error) {
  if (peak == 0) return std::numeric_limits<double>::quiet_NaN();
  return 10 * std::log10(peak * peak / squared_error);
}

}  // namespace

double psnr_db(const Comparison& images, LeftOut& left_out) {
  const char* const reason = "bands with zero maximum, or constant and reproduced exactly";
  return mean_over_bands(images, reason, left_out, [](const BandStatistics& band) {
    // One band of no content would make the mean infinite whatever became of the others.
    const bool nothing_to_show = band.most == band.least && band.squared_error == 0;
    return nothing_to_show ? std::numeric_limits<double>::quiet_NaN() : decibels(band.most, band.squared_error);
  });
}

double psnr_global_db(const Comparison& images, LeftOut&) {
  const auto by_maximum = [](const BandStatistics& a, const BandStatistics& b) { return a.most < b.most; };
  const double most = std::max_element(images.bands.begin(), images.bands.end(), by_maximum)->most;
  return decibels(most, mean_squared_error(images));
}

double psnr_unit_db(const Comparison& images, LeftOut& left_out) {
  return mean_over_bands(images, "bands with zero span", left_out, [](const BandStatistics& band) {
    return decibels(band.most - band.least, band.squared_error);
  });
}

std::vector<double> band_psnr_db(const Cube& reference, const Cube& fused) {
  check_comparable(reference, fused);
  std::vector<double> result;
  for (const BandStatistics& band : band_statistics(reference, fused)) {
    result.push_back(decibels(band.most, band.squared_error));
  }
  return result;
}

}  // namespace specfuse
