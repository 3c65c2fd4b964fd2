#pragma once

#include <string>
#include <vector>

#include "specfuse/config/config.h"
#include "specfuse/io/open_beside.h"
#include "specfuse/io/scene.h"

namespace specfuse {

class ImageCache;

/// How the file of an image is to be read, with the wavelengths, the geotransform and the bands that its configuration
/// says. What is read throws `ConfigError` naming fields below `path`.
SceneSource source_in(const ImageConfig& image, const std::string& path, const std::vector<std::string>& directories);

/// An HSI and an MSI in files of their own, before they are joined.
struct ImagesApart {
  ImagePtr hsi;
  BesideImage msi;
};

/// Opens `data.hsi` and, on the projection of that and turned as `data.orientation` says, `data.msi`. Throws as
/// `load_scene`.
ImagesApart open_apart(const DataConfig& data, const std::vector<std::string>& directories,
                       ImageCache* cache = nullptr);

}  // namespace specfuse
