#pragma once

#include <functional>

#include "metrics/shared/comparison.h"

namespace specfuse {

/// One band of a reference x and a fused image y, pixel after pixel [rows, cols].
struct BandPlanes {
  Index rows, cols;
  const float *x, *y;
  BandStatistics statistics;
};

/// value(planes) of every band, each of which one thread works on alone.
std::vector<double> values_of_bands(const Comparison& images, const std::function<double(const BandPlanes&)>& value);

/// The mean of value(planes) over the bands. Bands of zero span in the reference are left out and counted. NaN, and
/// counted, where the image is smaller than `window` in rows or columns.
double mean_over_planes(const Comparison& images, Index window, LeftOut& left_out,
                        const std::function<double(const BandPlanes&)>& value);

/// Whether a window x window square fits; counts the image where not.
bool window_fits(const Cube& image, Index window, LeftOut& left_out);

}  // namespace specfuse
