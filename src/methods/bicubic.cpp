#include "specfuse/methods/bicubic.h"

#include "specfuse/imaging/upsample.h"

namespace specfuse {

Cube Bicubic::fuse(const Pair& pair) const { return upsample_cubic(pair.hsi, pair.degradation.ratio); }

}  // namespace specfuse
