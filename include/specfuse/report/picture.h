#pragma once

#include <optional>
#include <string>

#include "specfuse/imaging/cube.h"
#include "specfuse/io/png.h"
#include "specfuse/results/figure_data.h"

namespace specfuse {

/// Bands nearest to 650, 550 and 450 nm; where wavelengths are unknown, those at 0.15, 0.10 and 0.05 of the band count,
/// or the third, second and first of fewer than 20. Limits are the 2nd and 98th percentile of each. Use the stretch of
/// one cube for all that are compared with it.
/// Throws `Error` for an empty cube.
Stretch stretch_of(const Cube& cube);

/// The same for what eyes do not see: bands nearest to 1650, 850 and 660 nm, or 850, 660 and 560 nm where the first is
/// not there; at 0.62, 0.22 and 0.15 of the band count of 20 or more bands of unknown wavelengths. None where the cube
/// has no such bands.
std::optional<Stretch> false_colour_of(const Cube& cube);

/// The cube in colour, one picture pixel per pixel, grey where there is no data. Throws `Error` where a band of the
/// stretch is not there.
Picture composite(const Cube& cube, const Stretch& stretch);

/// A map [rows, cols] in the inferno colours (van der Walt and Smith 2015; perceptually uniform): `low` and below is
/// black, `high` and above is pale yellow, NaN is grey. Throws `Error` unless low < high.
Picture heat_map(const Tensor& map, float low, float high);

/// The same picture at a size for a page: each pixel repeated so that the longer side has at least 256, or, where it
/// has more than 1024, every n-th pixel only.
Picture page_sized(const Picture& image);

/// Each pixel repeated, so that the longer side has at least `least`. Throws `Error` for a picture without pixels.
Picture enlarged(const Picture& image, Index least);

/// A map [rows, cols] of differences: -`end` and below is blue, 0 white, `end` and above red, NaN grey. Throws `Error`
/// unless end > 0.
Picture difference_map(const Tensor& map, float end);

/// Colour bars for `heat_map` from 0, and for `difference_map`, as SVG text with round ticks and the unit.
std::string heat_bar(double high, const std::string& unit);
std::string difference_bar(double end, const std::string& unit);

}  // namespace specfuse
