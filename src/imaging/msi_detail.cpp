#include "specfuse/imaging/msi_detail.h"

#include "specfuse/imaging/upsample.h"
#include "specfuse/tensor/math.h"

namespace specfuse {

Cube detail_beyond(const Cube& msi, const Cube& coarse, const CoarseGrid& grid) {
  Cube detail = upsample_cubic(coarse, grid);
  scale(detail.values, -1.0f);
  add_scaled(detail.values, msi.values);
  return detail;
}

Cube msi_detail(const Pair& pair) {
  return detail_beyond(pair.msi, degrade_spatially(pair.msi, pair.degradation), pair.degradation);
}

}  // namespace specfuse
