#pragma once

#include <memory>
#include <string>

#include "specfuse/io/scene.h"

namespace specfuse {

/// An image as it is to be used: described by `source`, without the bands that leave, its stored values made those that
/// they stand for, and its pixels without data marked, which may be all there are. The order: bands that
/// `source.bands` does not take, then those that the file calls bad, then those without data in any pixel leave; what
/// is no data is settled after that. `mask` is [rows, cols] of the whole, undefined: none.
ImagePtr checked_image(ImagePtr image, const std::string& path, const SceneSource& source, const Tensor& mask = {});

}  // namespace specfuse
