#include <limits>

#include "metrics/metric.h"

namespace specfuse {
namespace {

double psnr_db(const Comparison& images, LeftOut& left_out) {
  const char* const reason = "bands with zero maximum, or constant and reproduced exactly";
  return mean_over_bands(images, reason, left_out, [](const BandStatistics& band) {
    // One constant band would make the mean infinite, whatever the others are like.
    const bool nothing_to_show = band.most == band.least && band.squared_error == 0;
    return nothing_to_show ? std::numeric_limits<double>::quiet_NaN() : decibels(band.most, band.squared_error);
  });
}

}  // namespace

Metric psnr_db_metric() {
  return {{.key = "psnr_db",
           .unit = "dB",
           .higher_is_better = true,
           .definition = "mean over b of 10 log10(max(x_b)^2 / MSE_b); without bands of maximum zero, and constant "
                         "ones that are reproduced exactly",
           .source = ""},
          psnr_db,
          0};
}

std::vector<double> band_psnr_db(const Cube& reference, const Cube& fused) {
  return band_psnr_db_of(ValidImages(reference, fused, 1));
}

std::vector<double> band_psnr_db_of(const ValidImages& images) {
  std::vector<double> result;
  for (const BandStatistics& band : images.pixels().bands) {
    result.push_back(decibels(band.most, band.squared_error));
  }
  return result;
}

}  // namespace specfuse
