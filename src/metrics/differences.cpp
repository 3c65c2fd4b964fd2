#include <cmath>
#include <limits>

#include "metrics/comparison.h"
#include "specfuse/core/threads.h"
#include "specfuse/metrics/metrics.h"

namespace specfuse {

double ergas(const Comparison& images, LeftOut& left_out) {
  const double mean = mean_over_bands(images, "bands with zero mean", left_out, [](const BandStatistics& band) {
    return band.mean == 0 ? std::numeric_limits<double>::quiet_NaN() : band.squared_error / (band.mean * band.mean);
  });
  return 100 / static_cast<double>(images.ratio) * std::sqrt(mean);
}

double rmse(const Comparison& images, LeftOut&) { return std::sqrt(mean_squared_error(images)); }

double cc(const Comparison& images, LeftOut& left_out) {
  return mean_over_bands(images, "bands with zero span in either image", left_out, [](const BandStatistics& band) {
    // 0 / 0 where one is constant.
    return band.covariation / (std::sqrt(band.reference_variation) * std::sqrt(band.fused_variation));
  });
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
      map.data()[row * reference.cols() + col] = static_cast<float>(std::sqrt(squares / static_cast<double>(bands)));
    }
  });
  return map;
}

}  // namespace specfuse
