#include <cmath>

#include "metrics/metric.h"
#include "specfuse/core/threads.h"

namespace specfuse {
namespace {

double rmse(const Comparison& images, LeftOut&) { return std::sqrt(mean_squared_error(images)); }

}  // namespace

Metric rmse_metric() {
  return {{.key = "rmse",
           .unit = "",
           .higher_is_better = false,
           .definition = "root of the mean over all values of (x - y)^2",
           .source = ""},
          rmse,
          0};
}

Tensor error_map(const Cube& reference, const Cube& fused) {
  check_comparable(reference, fused);
  const Index bands = reference.bands();
  Tensor map = Tensor::uninitialized(Shape{reference.rows(), reference.cols()});
  parallel_for(reference.rows(), [&](Index row) {
    for (Index col = 0; col < reference.cols(); ++col) {
      const float *x = reference.pixel(row, col), *y = fused.pixel(row, col);
      double squares = 0;
      for (Index b = 0; b < bands; ++b) squares += (double{x[b]} - double{y[b]}) * (double{x[b]} - double{y[b]});
      const Index at = row * reference.cols() + col;
      const double error = std::sqrt(squares / static_cast<double>(bands));
      map.data()[at] = reference.is_valid(at) && fused.is_valid(at) ? static_cast<float>(error) : std::nanf("");
    }
  });
  return map;
}

}  // namespace specfuse
