#include "specfuse/methods/glp_hs.h"

#include "specfuse/imaging/upsample.h"
#include "specfuse/methods/detail_injection.h"

namespace specfuse {

Cube GlpHs::fuse(const Pair& pair) const {
  const Index ratio = pair.degradation.ratio;
  const Cube low = degrade_spatially(pair.msi, pair.degradation);
  Matrix gain = regress(covariance(low, pair.hsi)).weights;
  Cube fused = upsample_cubic(pair.hsi, ratio);
  scale_by_gain(gain, covariance(upsample_cubic(low, ratio), fused));
  // P_b - up(degrade(P_b)) is the same combination of the MSI bands' details: degrading and up-sampling are linear and
  // keep the offset.
  inject(fused, detail_beyond(pair.msi, low, ratio), to_tensor(gain));
  keep_non_negative(fused, pair.hsi);
  return fused;
}

}  // namespace specfuse
