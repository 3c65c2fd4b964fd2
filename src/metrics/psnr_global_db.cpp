#include "metrics/metric.h"

namespace specfuse {
namespace {

double psnr_global_db(const Totals& totals, const Sums&, LeftOut&) {
  return decibels(most(totals), mean_squared_error(totals));
}

}  // namespace

Metric psnr_global_db_metric() {
  return {{.key = "psnr_global_db",
           .name = "PSNR over all values",
           .unit = "dB",
           .definition = "10 log10(max(x)^2 / mean over b of MSE_b)"},
          psnr_global_db};
}

}  // namespace specfuse
