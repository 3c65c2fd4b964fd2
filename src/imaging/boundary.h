#pragma once

#include <algorithm>

#include "specfuse/imaging/degrade.h"

namespace specfuse {

/// Where position i of an axis that goes on beyond its ends is found.
inline Index reflected(Index i, Index extent, Boundary boundary) {
  if (boundary == Boundary::replicate) return std::clamp<Index>(i, 0, extent - 1);
  const Index period = boundary == Boundary::circular ? extent : 2 * extent;
  const Index position = ((i % period) + period) % period;
  return position < extent ? position : period - 1 - position;
}

}  // namespace specfuse
