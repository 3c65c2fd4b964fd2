#pragma once

#include <string>
#include <vector>

namespace specfuse {

/// A band of a multispectral sensor: its name and its edges in nanometres.
struct SensorBand {
  const char* name;
  double low_nm, high_nm;
};

/// The reflective bands of a named sensor, shortest wavelength first where they do not overlap. Throws `ConfigError`
/// listing the known names.
const std::vector<SensorBand>& sensor_bands(const std::string& sensor);

/// Fractions of the band count that stand in for Landsat-7 bands on AVIRIS-like scenes without wavelengths.
const std::vector<std::vector<double>>& landsat7_fractions();

}  // namespace specfuse
