#pragma once

#include "specfuse/imaging/upsample.h"

namespace specfuse {

/// What the MSI shows beyond a coarse version of it: msi - up(coarse), [rows, cols, msi bands].
Cube detail_beyond(const Cube& msi, const Cube& coarse, const CoarseGrid& grid);

/// What the MSI shows beyond the resolution of the HSI: msi - up(degrade(msi)).
Cube msi_detail(const Pair& pair);

}  // namespace specfuse
