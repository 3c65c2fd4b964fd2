#pragma once

#include "specfuse/imaging/degrade.h"

namespace specfuse {

/// The adjoint (transpose) of `degrade_spatially`, boundary included: <degrade(x), y> = <x, adjoint(y)> for every fine
/// x and coarse y. [rows, cols, bands] -> [rows * ratio, cols * ratio, bands]. Sums in double. Throws `Error` on a PSF
/// that `degrade_spatially` would not take.
///
/// The iterative methods are built on these two operators alone: a boundary that is not circular has no circulant
/// matrix, so that solving in the Fourier domain, as many papers do, would solve another problem near the edges.
Cube degrade_adjoint(const Cube& coarse, const Degradation& degradation);

}  // namespace specfuse
