#pragma once

#include "specfuse/io/image_writer.h"

namespace specfuse {

/// A driver of GDAL, how its files are laid out, and whether it packs them.
struct GdalLayout {
  std::string driver;
  std::vector<const char*> options;
  bool packs = false;
};

/// A format that GDAL writes.
ImageWriter gdal_file(const std::string& name, const std::string& ending, const GdalLayout& layout);

}  // namespace specfuse
