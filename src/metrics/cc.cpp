#include <cmath>

#include "metrics/metric.h"

namespace specfuse {
namespace {

double cc(const Totals& totals, const Sums&, LeftOut& left_out) {
  return mean_over_bands(totals, "bands with zero span in either image", left_out, [](const BandStatistics& band) {
    // 0 / 0 where one is constant.
    return band.covariation / (std::sqrt(band.reference_variation) * std::sqrt(band.fused_variation));
  });
}

}  // namespace

Metric cc_metric() {
  return {{.key = "cc",
           .name = "CC",
           .definition = "mean over b of the correlation coefficient; without bands that are constant in x or y"},
          cc};
}

}  // namespace specfuse
