#include "metrics/shared/totals.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "specfuse/core/error.h"
#include "specfuse/core/threads.h"
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

void join(BandStatistics& sum, double pixels, const BandStatistics& part, double more) {
  const double share = more / (pixels + more), between = pixels * share;
  const double gap = part.mean - sum.mean, fused_gap = part.fused_mean - sum.fused_mean;
  sum.most = std::max(sum.most, part.most);
  sum.least = std::min(sum.least, part.least);
  sum.squared_error += share * (part.squared_error - sum.squared_error);
  sum.reference_variation += part.reference_variation + between * gap * gap;
  sum.fused_variation += part.fused_variation + between * fused_gap * fused_gap;
  sum.covariation += part.covariation + between * gap * fused_gap;
  sum.mean += share * gap;
  sum.fused_mean += share * fused_gap;
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

Totals totals_of(const Cube& reference, const Cube& fused) {
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
  Totals result{.pixels = reference.pixels()};
  for (Index b = 0; b < bands; ++b) {
    const auto [least, most] = range[static_cast<std::size_t>(b)];
    result.bands.push_back({most, least, sums1[b] / pixels, sums1[2 * bands + b] / pixels, sums2[b], sums2[bands + b],
                            sums2[2 * bands + b], sums1[bands + b] / pixels});
  }
  return result;
}

void join(Totals& sum, const Totals& part) {
  if (sum.pixels == 0) sum.bands = part.bands;
  const auto before = static_cast<double>(sum.pixels), more = static_cast<double>(part.pixels);
  sum.pixels += part.pixels;
  for (std::size_t b = 0; before > 0 && b < sum.bands.size(); ++b) join(sum.bands[b], before, part.bands[b], more);
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

Tensor map_of(const Cube& reference, const Cube& fused, double (*value)(const float* x, const float* y, Index bands)) {
  check_comparable(reference, fused);
  const Index cols = reference.cols(), bands = reference.bands();
  Tensor map = Tensor::uninitialized(Shape{reference.rows(), cols});
  parallel_for(reference.rows(), [&](Index row) {
    for (Index at = row * cols; at < (row + 1) * cols; ++at) {
      const double found = value(reference.values.data() + at * bands, fused.values.data() + at * bands, bands);
      map.data()[at] = reference.is_valid(at) && fused.is_valid(at) ? static_cast<float>(found) : std::nanf("");
    }
  });
  return map;
}

double mean_squared_error(const Totals& totals) {
  double total = 0;
  for (const BandStatistics& band : totals.bands) total += band.squared_error;
  return total / static_cast<double>(totals.bands.size());
}

double most(const Totals& totals) {
  const auto by_maximum = [](const BandStatistics& a, const BandStatistics& b) { return a.most < b.most; };
  return std::max_element(totals.bands.begin(), totals.bands.end(), by_maximum)->most;
}

double decibels(double peak, double squared_error) {
  if (peak == 0) return std::numeric_limits<double>::quiet_NaN();
  return 10 * std::log10(peak * peak / squared_error);
}

std::vector<double> band_psnr_db_of(const Totals& totals) {
  std::vector<double> result;
  for (const BandStatistics& band : totals.bands) result.push_back(decibels(band.most, band.squared_error));
  return result;
}

}  // namespace specfuse
