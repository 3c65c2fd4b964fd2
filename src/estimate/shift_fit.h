#pragma once

#include <array>

#include "estimate/band_moments.h"
#include "specfuse/imaging/degrade.h"

namespace specfuse {

/// A registration error in fine pixels, down and to the right, and the standard errors of both.
struct ShiftFit {
  std::array<double, 2> shift{}, error{};
};

/// The shift of the msi with which the hsi explains it best: by the response of the degradation, up to gain and offset,
/// or by any linear combination of bands where that is undefined. It is the likeliest one for white residuals in each
/// band, sought on a grid of half coarse pixels and then by Newton's method; the errors are those of its curvature.
/// Throws `Error` where the images do not say, or say more than a coarse pixel.
ShiftFit fit_shift(const Pair& pair, const BandMoments& moments);

}  // namespace specfuse
