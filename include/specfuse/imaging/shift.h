#pragma once

#include <array>
#include <vector>

#include "specfuse/imaging/degrade.h"

namespace specfuse {

/// What a sensor misplaced by `shift` pixels, down and to the right, sees of an image: Keys cubic, the image going on
/// as `boundary` says.
Cube shift_image(const Cube& image, const std::array<double, 2>& shift, Boundary boundary);

/// The image of which `shift_image` makes this one: least squares along rows and columns, with a penalty on second
/// differences, one for each band, as the shift takes fine detail away that noise has not lost; none given: those of
/// `shift_penalties`. Pixels that lie beyond what was seen by more than half a pixel have no data and are filled in
/// from around.
Cube undo_shift(const Cube& image, const std::array<double, 2>& shift, Boundary boundary,
                const std::vector<double>& penalties = {});

/// The weight of the penalty of each band by generalized cross-validation (Golub, Heath and Wahba 1979).
std::vector<double> shift_penalties(const Cube& image, const std::array<double, 2>& shift, Boundary boundary);

}  // namespace specfuse
