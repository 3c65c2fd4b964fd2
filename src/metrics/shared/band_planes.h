#pragma once

#include "metrics/metric.h"

namespace specfuse {

/// One band of a reference x and a fused image y, pixel after pixel [rows, cols].
struct BandPlanes {
  Index rows, cols;
  const float *x, *y;
  BandStatistics statistics;
};

/// What a metric of windows adds up: sums of value(planes) over the windows of a part, of each band, and last how many
/// windows of `side` x `side` pixels there are in it.
Sums sums_over_windows(const Part& part, Index side, double (*value)(const BandPlanes&));

/// The mean over the bands of their means over all windows. Bands of zero span in the reference are left out and
/// counted. NaN, and counted, where there are no windows.
double mean_over_windows(const Totals& totals, const Sums& sums, Index side, LeftOut& left_out);

/// Whether any windows were added up; counts the image where not.
bool has_windows(const Sums& sums, Index side, LeftOut& left_out);

}  // namespace specfuse
