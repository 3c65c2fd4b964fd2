#include "metrics/shared/band_planes.h"

#include <algorithm>
#include <limits>

#include "specfuse/core/error.h"
#include "specfuse/core/threads.h"

namespace specfuse {
namespace {

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

/// Bands [begin, end) one plane after the other: bands lie side by side in memory, so several at once cost as much as
/// one.
Tensor planes_of(const Cube& cube, Index begin, Index end) {
  const Index pixels = cube.pixels(), bands = cube.bands();
  Tensor planes = Tensor::uninitialized({end - begin, pixels});  // from memory that the planes before gave back
  const float* values = cube.values.data();
  // In the nearest cache: planes of a power of two would push each other out, were all written to in turn.
  constexpr Index kTogether = 128;
  for (Index first = 0; first < pixels; first += kTogether) {
    const Index last = std::min(pixels, first + kTogether);
    for (Index b = begin; b < end; ++b) {
      float* const plane = planes.data() + (b - begin) * pixels;
      for (Index p = first; p < last; ++p) plane[p] = values[p * bands + b];
    }
  }
  return planes;
}

}  // namespace

Sums sums_over_windows(const Part& part, Index side, double (*value)(const BandPlanes&)) {
  constexpr Index kGroup = 16;  // bands that one thread copies at a time: a cache line of each pixel
  const Cube& x = part.reference;
  const Index rows = x.rows(), cols = x.cols();
  Sums sums(part.totals.bands.size() + 1);
  if (rows < side || cols < side) return sums;
  sums.back() = static_cast<double>((rows - side + 1) * (cols - side + 1));
  parallel_ranges(x.bands(), kGroup, [&](Index begin, Index end) {
    const Tensor of_x = planes_of(x, begin, end), of_y = planes_of(part.fused, begin, end);
    for (Index b = begin; b < end; ++b) {
      const BandStatistics& band = part.totals.bands[static_cast<std::size_t>(b)];
      const Index at = (b - begin) * x.pixels();
      sums[static_cast<std::size_t>(b)] = value({rows, cols, of_x.data() + at, of_y.data() + at, band});
    }
  });
  return sums;
}

double mean_over_windows(const Totals& totals, const Sums& sums, Index side, LeftOut& left_out) {
  if (!has_windows(sums, side, left_out)) return kNothing;
  auto next = sums.begin();
  return mean_over_bands(totals, "bands with zero span", left_out, [&](const BandStatistics& band) {
    const double sum = *next++;
    return band.is_constant() ? kNothing : sum / sums.back();
  });
}

bool has_windows(const Sums& sums, Index side, LeftOut& left_out) {
  if (!sums.empty() && sums.back() > 0) return true;
  left_out[concat("images smaller than ", side, " x ", side, " pixels")] = 1;
  return false;
}

}  // namespace specfuse
