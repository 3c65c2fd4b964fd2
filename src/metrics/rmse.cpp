#include <cmath>

#include "metrics/metric.h"

namespace specfuse {
namespace {

double rmse(const Totals& totals, const Sums&, LeftOut&) { return std::sqrt(mean_squared_error(totals)); }

}  // namespace

Metric rmse_metric() {
  return {{.key = "rmse",
           .name = "RMSE",
           .unit = "values",
           .higher_is_better = false,
           .definition = "root of the mean over all values of (x - y)^2"},
          rmse};
}

Tensor error_map(const Cube& reference, const Cube& fused) {
  return map_of(reference, fused, [](const float* x, const float* y, Index bands) {
    double squares = 0;
    for (Index b = 0; b < bands; ++b) squares += (double{x[b]} - double{y[b]}) * (double{x[b]} - double{y[b]});
    return std::sqrt(squares / static_cast<double>(bands));
  });
}

}  // namespace specfuse
