#include <cmath>
#include <limits>

#include "metrics/metric.h"

namespace specfuse {
namespace {

double ergas(const Totals& totals, const Sums&, LeftOut& left_out) {
  const double mean = mean_over_bands(totals, "bands with zero mean", left_out, [](const BandStatistics& band) {
    return band.mean == 0 ? std::numeric_limits<double>::quiet_NaN() : band.squared_error / (band.mean * band.mean);
  });
  return 100 / static_cast<double>(totals.ratio) * std::sqrt(mean);
}

}  // namespace

Metric ergas_metric() {
  return {{.key = "ergas",
           .name = "ERGAS",
           .higher_is_better = false,
           .definition = "100 / ratio * sqrt(mean over b of MSE_b / mean(x_b)^2); without bands of mean zero",
           .source = "Wald 2000"},
          ergas};
}

}  // namespace specfuse
