#pragma once

#include "specfuse/imaging/cube.h"

namespace specfuse {

/// Keys cubic convolution (a = -1/2; Keys 1981, eq. 15), edges replicated, coarse pixel i centred at
/// (i + 1/2) * ratio - 1/2 on the fine grid: [rows, cols, bands] -> [rows * ratio, cols * ratio, bands].
Cube upsample_cubic(const Cube& coarse, Index ratio);

/// The same for one rectangle of the fine grid only: bit-identical to cropping the whole.
Cube upsample_cubic(const Cube& coarse, Index ratio, const Rectangle& fine_part);

}  // namespace specfuse
