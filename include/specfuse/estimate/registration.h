#pragma once

#include <array>
#include <string>

#include "specfuse/imaging/degrade.h"

namespace specfuse {

/// By how many pixels, down and to the right, `moving` has to be moved to lie on `still`: two images of the same size
/// and bands, each band up to gain and offset, by Gauss and Newton from `start`. Pixels that disagree have little
/// weight.
std::array<double, 2> register_images(const Cube& still, const Cube& moving, const std::array<double, 2>& start,
                                      Boundary boundary);

/// A flip, transposition or turn of the MSI that the HSI explains far better than the MSI as it is.
struct BetterOrientation {
  /// Of the `Orientation` that mends it; empty where there is none.
  std::string name;
  /// How the MSI lies, for people.
  std::string text;
};

/// By the part of the variance of the MSI under its PSF that the signal of the HSI explains.
BetterOrientation better_orientation(const Pair& pair);

}  // namespace specfuse
