#include "metrics/shared/comparison.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "specfuse/core/error.h"
#include "specfuse/core/threads.h"
#include "specfuse/imaging/no_data.h"
#include "specfuse/imaging/sums.h"
#include "specfuse/tensor/math.h"

namespace specfuse {
namespace {

/// Both images one pixel after the other: add(x, y, sums) for the spectra x and y.
template <class Add>
std::vector<double> sum_over_pixels(const Cube& reference, const Cube& fused, Index width, Add add) {
  return sum_over_rows(reference.rows(), width, [&](Index row, double* sums) {
    for (Index col = 0; col < reference.cols(); ++col) add(reference.pixel(row, col), fused.pixel(row, col), sums);
  });
}

struct Extremes {
  float least = std::numeric_limits<float>::infinity(), most = -std::numeric_limits<float>::infinity();
};

std::vector<Extremes> extremes(const Cube& cube) {
  constexpr Index kRows = 32;  // that one thread looks at
  const auto bands = static_cast<std::size_t>(cube.bands());
  std::vector<std::vector<Extremes>> parts(static_cast<std::size_t>((cube.rows() + kRows - 1) / kRows));
  parallel_ranges(cube.rows(), kRows, [&](Index begin, Index end) {
    std::vector<Extremes> part(bands);
    const float* const last = cube.values.data() + end * cube.cols() * cube.bands();
    for (const float* values = cube.pixel(begin, 0); values < last; values += bands) {
      for (std::size_t b = 0; b < bands; ++b) {
        part[b].least = std::min(part[b].least, values[b]);
        part[b].most = std::max(part[b].most, values[b]);
      }
    }
    parts[static_cast<std::size_t>(begin / kRows)] = part;
  });
  std::vector<Extremes> result = parts.front();
  for (const std::vector<Extremes>& part : parts) {
    for (std::size_t b = 0; b < bands; ++b) {
      result[b].least = std::min(result[b].least, part[b].least);
      result[b].most = std::max(result[b].most, part[b].most);
    }
  }
  return result;
}

}  // namespace

void check_comparable(const Cube& reference, const Cube& fused) {
  SPECFUSE_CHECK(reference.values.defined() && fused.values.defined() && reference.values.shape().rank() == 3 &&
                     reference.values.shape() == fused.values.shape() && reference.values.size() > 0,
                 "evaluate: expected two images of one shape, got ", reference.values.shape().text(), " and ",
                 fused.values.shape().text());
  SPECFUSE_CHECK(all_finite(reference.values), "evaluate: expected finite values in the reference");
  SPECFUSE_CHECK(all_finite(fused.values), "evaluate: expected finite values in the fused image");
}

std::vector<BandStatistics> band_statistics(const Cube& reference, const Cube& fused) {
  const Index bands = reference.bands();
  const auto pixels = static_cast<double>(reference.pixels());
  // A first pass for the means, so that the second sums small differences and keeps their digits.
  const auto first = sum_over_pixels(reference, fused, 3 * bands, [=](const float* x, const float* y, double* sums) {
    for (Index b = 0; b < bands; ++b) {
      const double error = double{x[b]} - double{y[b]};
      sums[b] += double{x[b]};
      sums[bands + b] += double{y[b]};
      sums[2 * bands + b] += error * error;
    }
  });
  const double* sums1 = first.data();
  const auto second = sum_over_pixels(reference, fused, 3 * bands, [=](const float* x, const float* y, double* sums) {
    for (Index b = 0; b < bands; ++b) {
      const double from_x = double{x[b]} - sums1[b] / pixels, from_y = double{y[b]} - sums1[bands + b] / pixels;
      sums[b] += from_x * from_x;
      sums[bands + b] += from_y * from_y;
      sums[2 * bands + b] += from_x * from_y;
    }
  });
  const double* sums2 = second.data();
  const std::vector<Extremes> range = extremes(reference);
  std::vector<BandStatistics> result;
  for (Index b = 0; b < bands; ++b) {
    const auto [least, most] = range[static_cast<std::size_t>(b)];
    result.push_back({most, least, sums1[b] / pixels, sums1[2 * bands + b] / pixels, sums2[b], sums2[bands + b],
                      sums2[2 * bands + b], sums1[bands + b] / pixels});
  }
  return result;
}

namespace {

const Cube& comparable(const Cube& reference, const Cube& fused, Index ratio) {
  SPECFUSE_CHECK(ratio >= 1, "evaluate: expected a ratio of at least 1, got ", ratio);
  check_comparable(reference, fused);
  return reference;
}

Cube largest_part(const Cube& cube, const Cube& other) {
  return cube.valid.empty() && other.valid.empty() ? cube : crop(cube, largest_valid_part(cube, other));
}

}  // namespace

ValidImages::ValidImages(const Cube& reference, const Cube& fused, Index ratio)
    : all_(comparable(reference, fused, ratio).pixels()), reference_(valid_pixels(reference, fused)),
      fused_(valid_pixels(fused, reference)), reference_part_(largest_part(reference, fused)),
      fused_part_(largest_part(fused, reference)), pixels_{reference_, fused_, ratio,
                                                           band_statistics(reference_, fused_)},
      windows_{reference_part_, fused_part_, ratio, {}} {
  const bool whole = reference_part_.pixels() == all_;
  windows_.bands = whole ? pixels_.bands : band_statistics(reference_part_, fused_part_);
}

void ValidImages::count_missing(LeftOut& left_out) const {
  if (reference_.pixels() == all_) return;
  left_out["pixels without data"] = all_ - reference_.pixels();
  left_out["pixels outside the largest part with data, by measures of windows"] = all_ - reference_part_.pixels();
}

double angle_deg(const float* x, const float* y, Index bands) {
  double product = 0, squares_x = 0, squares_y = 0;
  for (Index b = 0; b < bands; ++b) {
    product += double{x[b]} * double{y[b]};
    squares_x += double{x[b]} * double{x[b]};
    squares_y += double{y[b]} * double{y[b]};
  }
  if (squares_x == 0 || squares_y == 0) return std::numeric_limits<double>::quiet_NaN();
  const double cosine = product / (std::sqrt(squares_x) * std::sqrt(squares_y));
  return std::acos(std::clamp(cosine, -1.0, 1.0)) * 180 / std::numbers::pi;
}

double mean_squared_error(const Comparison& images) {
  double total = 0;
  for (const BandStatistics& band : images.bands) total += band.squared_error;
  return total / static_cast<double>(images.bands.size());
}

double most(const Comparison& images) {
  const auto by_maximum = [](const BandStatistics& a, const BandStatistics& b) { return a.most < b.most; };
  return std::max_element(images.bands.begin(), images.bands.end(), by_maximum)->most;
}

double decibels(double peak, double squared_error) {
  if (peak == 0) return std::numeric_limits<double>::quiet_NaN();
  return 10 * std::log10(peak * peak / squared_error);
}

}  // namespace specfuse
