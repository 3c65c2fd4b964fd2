#pragma once

#include <array>
#include <vector>

#include "specfuse/imaging/degrade.h"

namespace specfuse {

/// What a sensor misplaced by `shift` pixels, down and to the right, sees of an image: Keys cubic, the image going on
/// as `boundary` says.
Cube shift_image(const Cube& image, const std::array<double, 2>& shift, Boundary boundary);

/// The image of which `shift_image` makes this one: least squares along rows and columns, with a penalty on second
/// differences whose weight is chosen for each band by generalized cross-validation (Golub, Heath and Wahba 1979), as
/// the shift takes fine detail away that noise has not lost. Pixels that lie beyond what was seen by more than half a
/// pixel have no data and are filled in from around.
Cube undo_shift(const Cube& image, const std::array<double, 2>& shift, Boundary boundary);

/// The weights that are chosen, one for each band, and the same with given ones.
std::vector<double> shift_penalties(const Cube& image, const std::array<double, 2>& shift, Boundary boundary);
Cube undo_shift(const Cube& image, const std::array<double, 2>& shift, Boundary boundary,
                const std::vector<double>& penalties);

}  // namespace specfuse
