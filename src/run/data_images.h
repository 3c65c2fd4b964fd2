#pragma once

#include <string>
#include <vector>

#include "run/image_cache.h"
#include "specfuse/io/pair.h"
#include "specfuse/run/open_images.h"

namespace specfuse {

/// Equal where data comes from one file, or is one synthetic scene, whatever part of it is used.
std::string file_key(const DataConfig& data);

/// The scene that `data` names or describes, not a pair, with its wavelengths, the chosen bands and part. Throws
/// `DataError`, and `ConfigError` naming fields below `data`.
Cube load_cube(const DataConfig& data, const std::vector<std::string>& directories, ImageCache* cache = nullptr);

/// The files of the measured pair that `data` names: one, or that of the HSI and that of the MSI. Throws `DataError`.
std::vector<std::string> image_files(const DataConfig& data, const std::vector<std::string>& directories);

/// The files that `data` names, for people.
std::string source_of(const DataConfig& data);

/// How the file of a pair is to be read; see `source_in`.
PairSource pair_source_in(const DataConfig& data, const std::vector<std::string>& directories);

}  // namespace specfuse
