#pragma once

#include <string>

#include "specfuse/imaging/image.h"
#include "specfuse/io/scene.h"

namespace specfuse {

/// The MSI of a pair, and what was done to bring it onto the projection of the HSI; empty where nothing was.
struct BesideImage {
  ImagePtr image;
  std::string warped{};
};

/// Opens an image that is to lie beside `hsi`, as `open_image` does. A file that GDAL reads and that lies on another
/// projection, or turned, is resampled once (cubic convolution) onto the projection of `hsi`: to pixels of which a
/// whole number, that nearest to their own size, make one of `hsi`, over what both show. Throws as `open_image`.
BesideImage open_beside(const Image& hsi, const std::string& path, const SceneSource& source);

}  // namespace specfuse
