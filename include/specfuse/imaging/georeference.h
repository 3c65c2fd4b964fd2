#pragma once

#include <map>
#include <string>
#include <vector>

#include "specfuse/imaging/cube.h"

namespace specfuse {

/// Attributes of a cube on where on earth it is and what its bands are, under these names in any format.
/// x and y of the upper left corner and the steps to the next column and row, in GDAL's order: x = g0 + col g1 + row
/// g2, y = g3 + col g4 + row g5.
inline const std::string kGeotransformAttribute = "geotransform";
/// The coordinate system as well-known text.
inline const std::string kProjectionAttribute = "projection";
/// Of the bands: full widths at half maximum in nanometres, and 1 for a good one, 0 for a bad one.
inline const std::string kFwhmAttribute = "fwhm_nm";
inline const std::string kGoodBandsAttribute = "good_bands";
/// The names of the bands, "B2, B3, B4", and the sensor that has them, both as in the table of sensors (sensors.h).
inline const std::string kBandNamesAttribute = "band_names", kSensorAttribute = "sensor";

/// All numbers of an attribute; none where it is missing or a text.
std::vector<double> numbers_of(const Cube& image, const std::string& attribute);

/// The names of its bands; none where they are not known.
std::vector<std::string> band_names_of(const Cube& image);

/// The text of an attribute; empty where it is missing or numbers.
std::string text_of(const Cube& image, const std::string& attribute);
/// " m" and the like, by the last unit in the text of its projection; empty where it is not known.
std::string map_unit(const Cube& image);

/// Where the part of an image lies that begins at this pixel and whose pixels are `size` of the image's wide. Nothing
/// happens to an image without a geotransform.
void move_georeference(Cube& image, Index row, Index col, double size = 1);

/// These bands of an image, counted from 0, in this order, with their wavelengths and other attributes.
Cube select_bands(const Cube& image, const std::vector<Index>& bands);

/// Removes the attributes of single bands: the image has others now.
void forget_bands(Cube& image);

/// Makes an image lie where one of the same pixels does, or nowhere where that has no georeference.
void copy_georeference(const Cube& from, Cube& to);

}  // namespace specfuse
