#pragma once

#include <optional>
#include <vector>

#include "specfuse/results/figure_data.h"

namespace specfuse {

/// The square part with the strongest edges of a fine image, about a quarter of its shorter side, of whole coarse
/// pixels; none of an image that is too small to enlarge.
std::optional<Rectangle> detail_of(const Cube& msi, Index ratio);

/// The brightest and the median pixel of the reference (without one: of the MSI), and with a reference the pixel
/// away from them where cubic up-sampling of the HSI has the largest error.
std::vector<SamplePixel> sample_pixels(const Cube& hsi, const Cube& msi, const std::optional<Cube>& reference);

}  // namespace specfuse
