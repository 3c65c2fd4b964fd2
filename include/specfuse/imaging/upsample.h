#pragma once

#include <array>

#include "specfuse/imaging/degrade.h"

namespace specfuse {

/// Where coarse pixels lie on the fine grid: pixel i is centred at (i + 1/2) * ratio - 1/2 + offset along each axis.
struct CoarseGrid {
  Index ratio;
  /// In fine pixels, down and to the right.
  std::array<double, 2> offset{};

  CoarseGrid(Index given) : ratio(given) {}
  /// Of the PSF's centre: what a sensor saw beside its pixels is put back where it saw it.
  CoarseGrid(const Degradation& degradation);
};

/// Keys cubic convolution (a = -1/2; Keys 1981, eq. 15), edges replicated: [rows, cols, bands] ->
/// [rows * ratio, cols * ratio, bands].
Cube upsample_cubic(const Cube& coarse, const CoarseGrid& grid);

/// The same for one rectangle of the fine grid only: bit-identical to cropping the whole.
Cube upsample_cubic(const Cube& coarse, const CoarseGrid& grid, const Rectangle& fine_part);

}  // namespace specfuse
