#include "specfuse/methods/gsa.h"

#include <algorithm>
#include <vector>

#include "specfuse/core/threads.h"
#include "specfuse/imaging/upsample.h"
#include "specfuse/methods/detail_injection.h"

namespace specfuse {
namespace {

/// What the HSI shows of each MSI band: the combination of its bands closest to the degraded MSI `low`.
Cube intensities(const Cube& hsi, const Cube& low) {
  const Regression regression = regress(covariance(hsi, low));
  Cube result(low.rows(), low.cols(), low.bands());
  parallel_for(low.rows(), [&](Index row) {
    for (Index col = 0; col < low.cols(); ++col) {
      const std::vector<double> values = predict(hsi.pixel(row, col), regression);
      std::transform(values.begin(), values.end(), result.pixel(row, col),
                     [](double value) { return static_cast<float>(value); });
    }
  });
  return result;
}

}  // namespace

Cube Gsa::fuse(const Pair& pair) const {
  const Cube low = degrade_spatially(pair.msi, pair.degradation);
  // The intensity of P_b is the same combination of the MSI bands' intensities as P_b is of the MSI bands.
  const Cube intensity = intensities(pair.hsi, low);
  Matrix gain = regress(covariance(low, pair.hsi)).weights;
  scale_by_gain(gain, covariance(intensity, pair.hsi));
  Cube fused = upsample_cubic(pair.hsi, pair.degradation.ratio);
  inject(fused, detail_beyond(pair.msi, intensity, pair.degradation.ratio), to_tensor(gain));
  keep_non_negative(fused, pair.hsi);
  return fused;
}

}  // namespace specfuse
