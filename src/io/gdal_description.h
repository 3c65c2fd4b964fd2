#pragma once

#include <string>
#include <vector>

#include "io/gdal.h"
#include "specfuse/imaging/cube.h"

namespace specfuse {

/// An open file and those of its bands that are used, by GDAL's numbers.
struct GdalImage {
  const std::string& path;
  GDALDatasetH raster;
  const std::vector<int>& bands;
};

/// Gives an image what its file says of it: what stands for no data, scale and offset as `StoredValues` takes them,
/// wavelengths in nanometres, widths and bad bands, where it lies, and texts. Throws `DataError` on lists that do not
/// fit the bands; what is passed over is noted as a warning.
void describe_gdal(const GdalImage& image, Cube& cube);

/// Throws `DataError` where an ENVI file is longer or shorter than its header says, or a field of that is given twice.
void check_envi_file(const std::string& path, GDALDatasetH raster);

}  // namespace specfuse
