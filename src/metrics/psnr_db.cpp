#include <limits>

#include "metrics/metric.h"

namespace specfuse {
namespace {

double psnr_db(const Totals& totals, const Sums&, LeftOut& left_out) {
  const char* const reason = "bands with zero maximum, or constant and reproduced exactly";
  return mean_over_bands(totals, reason, left_out, [](const BandStatistics& band) {
    // One constant band would make the mean infinite, whatever the others are like.
    const bool nothing_to_show = band.is_constant() && band.squared_error == 0;
    return nothing_to_show ? std::numeric_limits<double>::quiet_NaN() : decibels(band.most, band.squared_error);
  });
}

}  // namespace

Metric psnr_db_metric() {
  return {{.key = "psnr_db",
           .name = "PSNR",
           .unit = "dB",
           .definition = "mean over b of 10 log10(max(x_b)^2 / MSE_b); without bands of maximum zero, and constant "
                         "ones that are reproduced exactly"},
          psnr_db};
}

}  // namespace specfuse
