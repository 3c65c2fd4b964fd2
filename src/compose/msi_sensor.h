#pragma once

#include <optional>
#include <string>
#include <vector>

namespace specfuse {

/// What the file of an MSI says of its bands.
struct MsiClues {
  std::string file;
  std::size_t bands = 0;
  /// One for each band, or none.
  std::vector<std::string> band_names{};
  std::vector<double> wavelength_nm{};
};

/// A sensor of `sensor_list`, which of its bands the MSI has, counted from 0, and what says so.
struct MsiSensor {
  std::string name;
  std::vector<std::size_t> bands;
  std::string why;
};

/// By the wavelengths, or else by the names of the bands and of the file. None where they do not tell.
std::optional<MsiSensor> msi_sensor(const MsiClues& clues);

}  // namespace specfuse
