#include "specfuse/report/scene_places.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "specfuse/imaging/degrade.h"
#include "specfuse/imaging/upsample.h"

namespace specfuse {
namespace {

/// The sum over bands of each pixel, also of those filled in.
std::vector<double> brightness_of(const Cube& cube) {
  std::vector<double> sums(static_cast<std::size_t>(cube.pixels()));
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const float* const values = cube.values.data() + static_cast<Index>(i) * cube.bands();
    sums[i] = std::accumulate(values, values + cube.bands(), 0.0);
  }
  return sums;
}

/// How much brightness changes within each coarse pixel, from a pixel to the next ones, where all have data
/// [rows / ratio, cols / ratio].
std::vector<double> edges_of(const Cube& msi, Index ratio) {
  const std::vector<double> bright = brightness_of(msi);
  const Index rows = msi.rows() / ratio, cols = msi.cols() / ratio;
  std::vector<double> edges(static_cast<std::size_t>(rows * cols));
  for (Index row = 0; row + 1 < rows * ratio; ++row) {
    for (Index col = 0; col + 1 < cols * ratio; ++col) {
      const std::size_t at = static_cast<std::size_t>(row * msi.cols() + col);
      const std::size_t below = at + static_cast<std::size_t>(msi.cols());
      const auto has_data = [&](std::size_t pixel) { return msi.is_valid(static_cast<Index>(pixel)); };
      if (!has_data(at) || !has_data(at + 1) || !has_data(below)) continue;
      edges[static_cast<std::size_t>(row / ratio * cols + col / ratio)] +=
          std::abs(bright[at + 1] - bright[at]) + std::abs(bright[below] - bright[at]);
    }
  }
  return edges;
}

/// The pixels of `shown` that all images have data for; where there are none, all it has data for itself.
std::vector<std::ptrdiff_t> pixels_to_show(const Cube& hsi, const Cube& msi, const Cube& shown) {
  Degradation scales;
  scales.ratio = msi.rows() / hsi.rows();
  const std::vector<std::uint8_t> valid = valid_of_result({hsi, msi, scales});
  std::vector<std::ptrdiff_t> own, common;
  for (Index i = 0; i < shown.pixels(); ++i) {
    if (!shown.is_valid(i)) continue;
    own.push_back(i);
    if (valid.empty() || valid[static_cast<std::size_t>(i)] != 0) common.push_back(i);
  }
  return common.empty() ? own : common;
}

SamplePixel pixel_at(const char* name, std::ptrdiff_t place, const Cube& cube) {
  return {name, place / cube.cols(), place % cube.cols()};
}

/// The squared error of cubic up-sampling at the pixels `among` all; -1 elsewhere, and within a coarse pixel of those
/// that are taken, which often have the largest error.
std::vector<double> missed_by_upsampling(const Cube& hsi, const Cube& reference,
                                         const std::vector<std::ptrdiff_t>& among,
                                         const std::vector<SamplePixel>& taken) {
  const Index ratio = reference.rows() / hsi.rows(), cols = reference.cols(), bands = reference.bands();
  const Cube smooth = upsample_cubic(hsi, ratio);
  std::vector<double> missed(static_cast<std::size_t>(reference.pixels()), -1);
  for (const std::ptrdiff_t i : among) {
    const auto near = [&](const SamplePixel& sample) {
      return std::abs(i / cols - sample.row) <= ratio && std::abs(i % cols - sample.col) <= ratio;
    };
    if (std::any_of(taken.begin(), taken.end(), near)) continue;
    double& sum = missed[static_cast<std::size_t>(i)];
    sum = 0;
    for (Index b = i * bands; b < (i + 1) * bands; ++b) {
      const double difference = double{reference.values[b]} - smooth.values[b];
      sum += difference * difference;
    }
  }
  return missed;
}

}  // namespace

std::optional<Rectangle> detail_of(const Cube& msi, Index ratio) {
  constexpr Index kLeast = 32;
  const Index shorter = std::min(msi.rows(), msi.cols());
  if (shorter < kLeast || shorter / 4 < ratio) return {};
  const Index side = shorter / 4 / ratio, step = std::max<Index>(1, side / 4);  // in coarse pixels
  const std::vector<double> edges = edges_of(msi, ratio);
  const Index rows = msi.rows() / ratio, cols = msi.cols() / ratio;
  Rectangle best{0, 0, side * ratio, side * ratio};
  double most = -1;
  for (Index row = 0; row + side <= rows; row += step) {
    for (Index col = 0; col + side <= cols; col += step) {
      double sum = 0;
      for (Index i = row; i < row + side; ++i) {
        const auto begin = edges.begin() + i * cols + col;
        sum += std::accumulate(begin, begin + side, 0.0);
      }
      if (sum <= most) continue;
      most = sum;
      best.row = row * ratio;
      best.col = col * ratio;
    }
  }
  return best;
}

std::vector<SamplePixel> sample_pixels(const Cube& hsi, const Cube& msi, const std::optional<Cube>& reference) {
  const Cube& shown = reference ? *reference : msi;
  std::vector<double> bright = brightness_of(shown);
  std::vector<std::ptrdiff_t> order = pixels_to_show(hsi, msi, shown);
  const std::ptrdiff_t brightest =
      *std::max_element(order.begin(), order.end(), [&](std::ptrdiff_t a, std::ptrdiff_t b) {
        return bright[static_cast<std::size_t>(a)] < bright[static_cast<std::size_t>(b)];
      });
  const auto median = order.begin() + static_cast<std::ptrdiff_t>(order.size() / 2);
  std::nth_element(order.begin(), median, order.end(), [&](std::ptrdiff_t a, std::ptrdiff_t b) {
    const double of_a = bright[static_cast<std::size_t>(a)], of_b = bright[static_cast<std::size_t>(b)];
    return of_a != of_b ? of_a < of_b : a < b;
  });
  std::vector<SamplePixel> samples{pixel_at("brightest pixel", brightest, shown),
                                   pixel_at("median pixel", *median, shown)};
  if (!reference) return samples;
  const std::vector<double> missed = missed_by_upsampling(hsi, *reference, order, samples);
  const auto hardest = std::max_element(missed.begin(), missed.end()) - missed.begin();
  samples.push_back(pixel_at("another that cubic up-sampling misses most", hardest, shown));
  return samples;
}

}  // namespace specfuse
