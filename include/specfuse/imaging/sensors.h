#pragma once

#include <string>
#include <vector>

#include "specfuse/imaging/cube.h"

namespace specfuse {

/// A band of a multispectral sensor: its name and its edges in nanometres.
struct SensorBand {
  const char* name;
  double low_nm, high_nm;
};

/// The reflective bands of a named sensor, shortest wavelength first where they do not overlap. Throws `ConfigError`
/// listing the known names.
const std::vector<SensorBand>& sensor_bands(const std::string& sensor);

/// What products call the bands of a sensor, in the order of its table: "B1", "B2" ... Throws as `sensor_bands`.
std::vector<std::string> product_names(const std::string& sensor);

/// Whether a sensor of this name is in the table.
bool is_sensor(const std::string& sensor);

/// Which bands of a sensor those of its image are: by their names, or else by wavelengths, the band whose centre is
/// nearest and that has them inside its edges. Empty where a band is none of them, or two are the same.
std::vector<std::string> bands_of_image(const Cube& image, const std::string& sensor);

/// Fractions of the band count that stand in for Landsat-7 bands on AVIRIS-like scenes without wavelengths.
const std::vector<std::vector<double>>& landsat7_fractions();

}  // namespace specfuse
