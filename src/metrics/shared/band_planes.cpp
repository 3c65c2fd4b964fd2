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

bool window_fits(const Cube& image, Index window, LeftOut& left_out) {
  if (image.rows() >= window && image.cols() >= window) return true;
  left_out[concat("images smaller than ", window, " x ", window, " pixels")] = 1;
  return false;
}

std::vector<double> values_of_bands(const Comparison& images, const std::function<double(const BandPlanes&)>& value) {
  constexpr Index kGroup = 16;  // bands that one thread copies at a time: a cache line of each pixel
  const Cube& reference = images.reference;
  std::vector<double> values(images.bands.size());
  parallel_ranges(reference.bands(), kGroup, [&](Index begin, Index end) {
    const Tensor x = planes_of(reference, begin, end), y = planes_of(images.fused, begin, end);
    for (Index b = begin; b < end; ++b) {
      const auto band = static_cast<std::size_t>(b);
      const Index at = (b - begin) * reference.pixels();
      values[band] = value({reference.rows(), reference.cols(), x.data() + at, y.data() + at, images.bands[band]});
    }
  });
  return values;
}

double mean_over_planes(const Comparison& images, Index window, LeftOut& left_out,
                        const std::function<double(const BandPlanes&)>& value) {
  if (!window_fits(images.reference, window, left_out)) return kNothing;
  const std::vector<double> values = values_of_bands(images, [&](const BandPlanes& band) {
    return band.statistics.most == band.statistics.least ? kNothing : value(band);
  });
  auto next = values.begin();
  return mean_over_bands(images, "bands with zero span", left_out, [&](const BandStatistics&) { return *next++; });
}

}  // namespace specfuse
