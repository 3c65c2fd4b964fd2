#pragma once

#include <string>

#include "specfuse/config/config.h"
#include "specfuse/core/error.h"
#include "specfuse/imaging/no_data.h"

namespace specfuse {

/// Runs `work`, whose errors start with "psf: " or the like, and puts the key above in front of them.
template <class Work>
auto inside_key(const std::string& key, const Work& work) {
  try {
    return work();
  } catch (const ConfigError& problem) {
    throw ConfigError(concat(key, ".", problem.what()));
  }
}

/// Throws `ConfigError` naming the key path unless the part lies inside an image of rows x cols pixels.
void check_inside(const std::string& path, const Rectangle& part, Index rows, Index cols);
/// The same, and unless it is made of whole pixels of the HSI.
void check_coarse_part(const std::string& path, const Rectangle& part, Index rows, Index cols, Index ratio);

/// Throws `ConfigError` where something was seen in an image; `path` is that of its configuration. Warnings are
/// noted.
void check_declared(const UndeclaredNoData& seen, const std::string& path, Cube& image);

/// Throws where an image, which is of the file and dataset `source`, has no data in any pixel.
void require_data(const Cube& cube, const DataConfig& data, const std::string& source);

}  // namespace specfuse
