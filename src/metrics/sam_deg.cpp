#include <cmath>

#include "metrics/metric.h"
#include "specfuse/imaging/sums.h"

namespace specfuse {
namespace {

/// The sum of the angles, and how many there are.
Sums sam_sums(const Part& part) {
  const Cube& x = part.reference;
  return sum_over_rows(x.rows(), 2, [&](Index row, double* total_and_count) {
    for (Index col = 0; col < x.cols(); ++col) {
      const double degrees = angle_deg(x.pixel(row, col), part.fused.pixel(row, col), x.bands());
      if (std::isnan(degrees)) continue;
      total_and_count[0] += degrees;
      total_and_count[1] += 1;
    }
  });
}

double sam_deg(const Totals& totals, const Sums& sums, LeftOut& left_out) {
  const Index undefined = totals.pixels - static_cast<Index>(sums[1]);
  if (undefined > 0) left_out["pixels with zero norm"] = undefined;
  return sums[0] / sums[1];
}

}  // namespace

Metric sam_deg_metric() {
  return {{.key = "sam_deg",
           .name = "SAM",
           .unit = "deg",
           .higher_is_better = false,
           .definition = "mean angle between the spectra of x and y, over pixels where neither is zero",
           .source = "Kruse et al. 1993, eq. 1"},
          sam_deg,
          sam_sums};
}

Tensor sam_map_deg(const Cube& reference, const Cube& fused) { return map_of(reference, fused, angle_deg); }

}  // namespace specfuse
