#pragma once

#include "specfuse/imaging/cube.h"

namespace specfuse::testing {

/// Values that count from 0 to 16, again and again.
inline Cube repeating_ramp(Index rows, Index cols, Index bands) {
  Cube cube(rows, cols, bands);
  for (Index i = 0; i < cube.values.size(); ++i) cube.values[i] = static_cast<float>(i % 17);
  return cube;
}

}  // namespace specfuse::testing
