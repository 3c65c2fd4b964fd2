#include <array>
#include <cmath>

#include "metrics/metric.h"
#include "metrics/shared/band_planes.h"

namespace specfuse {
namespace {

/// Side of the windows in pixels (Wang et al. 2004, section III.B).
constexpr Index kWindow = 11;

std::array<double, kWindow> gaussian() {
  constexpr double kSigma = 1.5;  // pixels, as in the paper
  std::array<double, kWindow> weights{};
  double total = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const double distance = static_cast<double>(i) - (kWindow - 1) / 2;
    weights[i] = std::exp(-distance * distance / (2 * kSigma * kSigma));
    total += weights[i];
  }
  for (double& weight : weights) weight /= total;
  return weights;
}

/// Weighted sums of x, y, x^2 + y^2 and x y, each [cols]. Values count from `origin`, which variances do not see: so
/// they keep their digits.
struct Sums {
  explicit Sums(Index cols) : cols_(cols), values(static_cast<std::size_t>(4 * cols)) {}
  double* of(Index quantity) { return values.data() + quantity * cols_; }
  Index cols_;
  std::vector<double> values;
};

void sum_down(const BandPlanes& band, Index row, const std::array<double, kWindow>& weights, Sums& sums) {
  std::fill(sums.values.begin(), sums.values.end(), 0.0);
  const double origin = band.statistics.least;
  double *sum_x = sums.of(0), *sum_y = sums.of(1), *squares = sums.of(2), *products = sums.of(3);
  for (Index tap = 0; tap < kWindow; ++tap) {
    const float *x = band.x + (row + tap) * band.cols, *y = band.y + (row + tap) * band.cols;
    const double weight = weights[static_cast<std::size_t>(tap)];
    for (Index col = 0; col < band.cols; ++col) {
      const double from_x = double{x[col]} - origin, from_y = double{y[col]} - origin;
      sum_x[col] += weight * from_x;
      sum_y[col] += weight * from_y;
      squares[col] += weight * (from_x * from_x + from_y * from_y);
      products[col] += weight * (from_x * from_y);
    }
  }
}

void sum_across(Sums& down, const std::array<double, kWindow>& weights, Sums& sums) {
  std::fill(sums.values.begin(), sums.values.end(), 0.0);
  for (Index quantity = 0; quantity < 4; ++quantity) {
    double* const out = sums.of(quantity);
    for (Index tap = 0; tap < kWindow; ++tap) {
      const double* const in = down.of(quantity) + tap;
      const double weight = weights[static_cast<std::size_t>(tap)];
      for (Index col = 0; col < sums.cols_; ++col) out[col] += weight * in[col];
    }
  }
}

double similarity(const BandPlanes& band) {
  const std::array<double, kWindow> weights = gaussian();
  const double origin = band.statistics.least, span = band.statistics.most - origin;
  const double c1 = std::pow(0.01 * span, 2), c2 = std::pow(0.03 * span, 2);
  const Index rows = band.rows - kWindow + 1, cols = band.cols - kWindow + 1;
  Sums down(band.cols), sums(cols);
  double total = 0;
  for (Index row = 0; row < rows; ++row) {
    sum_down(band, row, weights, down);
    sum_across(down, weights, sums);
    const double *from_x = sums.of(0), *from_y = sums.of(1), *squares = sums.of(2), *products = sums.of(3);
    for (Index col = 0; col < cols; ++col) {
      const double x = from_x[col] + origin, y = from_y[col] + origin;
      const double variances = squares[col] - from_x[col] * from_x[col] - from_y[col] * from_y[col];
      const double covariance = products[col] - from_x[col] * from_y[col];
      total += (2 * x * y + c1) * (2 * covariance + c2) / ((x * x + y * y + c1) * (variances + c2));
    }
  }
  return total / static_cast<double>(rows * cols);
}

double ssim(const Comparison& images, LeftOut& left_out) {
  return mean_over_planes(images, kWindow, left_out, similarity);
}

}  // namespace

Metric ssim_metric() {
  return {{.key = "ssim",
           .unit = "",
           .higher_is_better = true,
           .definition = "mean over b of the structural similarity: Gaussian 11 x 11 windows of sigma 1.5 that lie "
                         "inside, K1 = 0.01, K2 = 0.03, dynamic range max(x_b) - min(x_b); without constant bands",
           .source = "Wang et al. 2004",
           .windows = true},
          ssim};
}

}  // namespace specfuse
