#include "metrics/metric.h"

namespace specfuse {
namespace {

double psnr_unit_db(const Totals& totals, const Sums&, LeftOut& left_out) {
  return mean_over_bands(totals, "bands with zero span", left_out, [](const BandStatistics& band) {
    return decibels(band.most - band.least, band.squared_error);
  });
}

}  // namespace

Metric psnr_unit_db_metric() {
  return {{.key = "psnr_unit_db",
           .name = "PSNR of scaled bands",
           .unit = "dB",
           .definition = "mean over b of 10 log10((max(x_b) - min(x_b))^2 / MSE_b); without constant bands"},
          psnr_unit_db};
}

}  // namespace specfuse
