#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "metrics/comparison.h"
#include "specfuse/core/threads.h"
#include "specfuse/imaging/sums.h"
#include "specfuse/metrics/metrics.h"

namespace specfuse {

double angle_deg(const float* x, const float* y, Index bands) {
  double product = 0, squares_x = 0, squares_y = 0;
  for (Index b = 0; b < bands; ++b) {
    product += double{x[b]} * double{y[b]};
    squares_x += double{x[b]} * double{x[b]};
    squares_y += double{y[b]} * double{y[b]};
  }
  if (squares_x == 0 || squares_y == 0) return std::numeric_limits<double>::quiet_NaN();
  const double cosine = product / (std::sqrt(squares_x) * std::sqrt(squares_y));
  return std::acos(std::clamp(cosine, -1.0, 1.0)) * 180 / std::numbers::pi;
}

double sam_deg(const Comparison& images, LeftOut& left_out) {
  const Cube& x = images.reference;
  const auto sums = sum_over_rows(x.rows(), 2, [&](Index row, double* total_and_count) {
    for (Index col = 0; col < x.cols(); ++col) {
      const double degrees = angle_deg(x.pixel(row, col), images.fused.pixel(row, col), x.bands());
      if (std::isnan(degrees)) continue;
      total_and_count[0] += degrees;
      total_and_count[1] += 1;
    }
  });
  const Index undefined = x.pixels() - static_cast<Index>(sums[1]);
  if (undefined > 0) left_out["pixels with zero norm"] = undefined;
  return sums[0] / sums[1];
}

Tensor sam_map_deg(const Cube& reference, const Cube& fused) {
  check_comparable(reference, fused);
  Tensor map = Tensor::uninitialized(Shape{reference.rows(), reference.cols()});
  parallel_for(reference.rows(), [&](Index row) {
    for (Index col = 0; col < reference.cols(); ++col) {
      map.data()[row * reference.cols() + col] =
          static_cast<float>(angle_deg(reference.pixel(row, col), fused.pixel(row, col), reference.bands()));
    }
  });
  return map;
}

}  // namespace specfuse
