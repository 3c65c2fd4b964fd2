#include "metrics/metric.h"

namespace specfuse {
namespace {

double psnr_global_db(const Comparison& images, LeftOut&) { return decibels(most(images), mean_squared_error(images)); }

}  // namespace

Metric psnr_global_db_metric() {
  return {{.key = "psnr_global_db",
           .unit = "dB",
           .higher_is_better = true,
           .definition = "10 log10(max(x)^2 / mean over b of MSE_b)",
           .source = ""},
          psnr_global_db,
          0};
}

}  // namespace specfuse
