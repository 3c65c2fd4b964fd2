#include "specfuse/methods/sfim_hs.h"

#include <algorithm>
#include <vector>

#include "specfuse/core/threads.h"
#include "specfuse/imaging/upsample.h"
#include "specfuse/methods/detail_injection.h"

namespace specfuse {
namespace {

/// Up-sampled HSI and synthesised band agree to a factor of this, or both are close to zero and say nothing.
constexpr double kMostModulation = 2;

double modulated(double hsi, double sharp, double smooth) {
  if (!(smooth > 0)) return hsi + sharp - smooth;
  const double clipped = std::max(sharp, 0.0);
  if (hsi > kMostModulation * smooth) return hsi + kMostModulation * (clipped - smooth);
  return hsi < 0 ? hsi : hsi * clipped / smooth;
}

}  // namespace

Cube SfimHs::fuse(const Pair& pair) const {
  const Cube low = degrade_spatially(pair.msi, pair.degradation);
  const Regression regression = regress(covariance(low, pair.hsi));
  const Cube smooth = upsample_cubic(low, pair.degradation.ratio);
  Cube fused = upsample_cubic(pair.hsi, pair.degradation.ratio);
  parallel_for(fused.rows(), [&](Index row) {
    for (Index col = 0; col < fused.cols(); ++col) {
      const std::vector<double> p = predict(pair.msi.pixel(row, col), regression);
      const std::vector<double> p_smooth = predict(smooth.pixel(row, col), regression);
      float* pixel = fused.pixel(row, col);
      for (std::size_t b = 0; b < p.size(); ++b) {
        pixel[b] = static_cast<float>(modulated(double{pixel[b]}, p[b], p_smooth[b]));
      }
    }
  });
  keep_non_negative(fused, pair.hsi);
  return fused;
}

}  // namespace specfuse
