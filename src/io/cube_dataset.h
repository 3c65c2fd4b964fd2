#pragma once

#include <string>

#include "specfuse/imaging/no_data.h"
#include "specfuse/io/hdf5.h"

namespace specfuse {

/// One image of a file: its dataset, and the dataset that holds its wavelengths where there is one.
struct CubeDataset {
  std::string values, wavelength_nm;
};

/// A dataset with the wavelengths that bear its name, as /msi_wavelength_nm those of /msi, or else /wavelength_nm.
CubeDataset dataset_of(const Hdf5Reader& file, const std::string& values);

/// Its description, without its values.
Cube read_description(const Hdf5Reader& file, const CubeDataset& names);

/// Throws `DataError` unless any pixel holds data.
void require_data(bool any, const std::string& path, const std::string& dataset);

/// Throws `DataError` where there are wavelengths, widths or marks of bad bands, but not one for each band.
void check_lists(const std::string& path, const CubeDataset& names, const Cube& cube);

/// Throws `DataError` where there is a wavelength that no sensor has.
void check_wavelengths(const std::string& path, const CubeDataset& names, const Cube& cube);

/// Values and wavelengths, not the attributes.
void write_cube(Hdf5Writer& file, const CubeDataset& names, const Cube& cube);

/// The cube's attributes, on the file itself.
void write_attributes(Hdf5Writer& file, const Cube& cube);

/// Throws `DataError` naming the position of the first value that is not finite.
void require_finite(const std::string& path, const std::string& dataset, const Tensor& values);

}  // namespace specfuse
