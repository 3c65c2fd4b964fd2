#pragma once

#include <optional>
#include <string>
#include <vector>

#include "specfuse/imaging/cube.h"

namespace specfuse {

/// A sensor of `sensor_list`, which of its bands an MSI has, and what says so.
struct MsiSensor {
  std::string name;
  std::vector<std::string> bands;
  std::string why;
  /// Whether nothing tells the order of the bands, and it is taken to be that of the product.
  bool order_assumed = false;
};

/// The sensor of an MSI by what its file says of it, by its wavelengths, or else by the names of its bands (none, or
/// one for each) and of its file. None where they do not tell.
std::optional<MsiSensor> msi_sensor(const Cube& msi, const std::vector<std::string>& band_names,
                                    const std::string& file);

}  // namespace specfuse
