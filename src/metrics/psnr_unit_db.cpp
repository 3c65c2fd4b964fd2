#include "metrics/metric.h"

namespace specfuse {
namespace {

double psnr_unit_db(const Comparison& images, LeftOut& left_out) {
  return mean_over_bands(images, "bands with zero span", left_out, [](const BandStatistics& band) {
    return decibels(band.most - band.least, band.squared_error);
  });
}

}  // namespace

Metric psnr_unit_db_metric() {
  return {{.key = "psnr_unit_db",
           .unit = "dB",
           .higher_is_better = true,
           .definition = "mean over b of 10 log10((max(x_b) - min(x_b))^2 / MSE_b); without constant bands",
           .source = ""},
          psnr_unit_db,
          0};
}

}  // namespace specfuse
