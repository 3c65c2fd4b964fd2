#include <cmath>

#include "metrics/metric.h"
#include "specfuse/core/threads.h"
#include "specfuse/imaging/sums.h"

namespace specfuse {
namespace {

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

}  // namespace

Metric sam_deg_metric() {
  return {{.key = "sam_deg",
           .unit = "deg",
           .higher_is_better = false,
           .definition = "mean angle between the spectra of x and y, over pixels where neither is zero",
           .source = "Kruse et al. 1993, eq. 1"},
          sam_deg,
          0};
}

Tensor sam_map_deg(const Cube& reference, const Cube& fused) {
  check_comparable(reference, fused);
  Tensor map = Tensor::uninitialized(Shape{reference.rows(), reference.cols()});
  parallel_for(reference.rows(), [&](Index row) {
    for (Index col = 0; col < reference.cols(); ++col) {
      const Index at = row * reference.cols() + col;
      const double angle = angle_deg(reference.pixel(row, col), fused.pixel(row, col), reference.bands());
      map.data()[at] = reference.is_valid(at) && fused.is_valid(at) ? static_cast<float>(angle) : std::nanf("");
    }
  });
  return map;
}

}  // namespace specfuse
