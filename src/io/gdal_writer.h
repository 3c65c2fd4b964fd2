#pragma once

#include "specfuse/io/image_writer.h"

namespace specfuse {

/// A driver of GDAL, and how its files are laid out.
struct GdalLayout {
  std::string driver;
  std::vector<const char*> options;
  /// Whether it compresses them, and what it is told then of floats and of integers.
  bool compresses = false;
  const char *for_floats = nullptr, *for_integers = nullptr;
  /// Whether overviews and what is said of the image come first in the file, and values last.
  bool is_cloud_optimised = false;
};

/// A format that GDAL writes.
ImageWriter gdal_file(const std::string& name, const std::string& ending, const GdalLayout& layout);

}  // namespace specfuse
