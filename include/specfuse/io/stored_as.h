#pragma once

#include <optional>
#include <string>
#include <vector>

#include "specfuse/io/image_writer.h"

namespace specfuse {

/// What a file that GDAL reads says of how its values are stored, and what its bands are called.
struct StoredAs {
  /// Such as "int16"; empty: not known.
  std::string type;
  /// What stored values are multiplied with and what is added then, where that is one for all bands.
  double scale = 1, offset = 0;
  /// What stands for no data in all bands, as it is stored; none where nothing is said.
  std::optional<double> no_data{};
  /// One for each band; empty where it names none.
  std::vector<std::string> band_names{};
};

/// Of other files nothing is known. Throws `DataError` as `open_image`.
StoredAs stored_as(const std::string& path);

/// How an image that is made of one stored so is packed, too: as that is, where it is of 16 bits with scale or offset.
std::optional<Packing> packing_of(const StoredAs& stored);

}  // namespace specfuse
