#include <cmath>
#include <vector>

#include "metrics/metric.h"
#include "metrics/shared/band_planes.h"
#include "specfuse/kernels/weighted_sums.h"

namespace specfuse {
namespace {

/// Side of the windows in pixels (Wang et al. 2004, section III.B).
constexpr Index kSsimWindow = 11;

std::vector<double> gaussian() {
  constexpr double kSigma = 1.5;  // pixels, as in the paper
  std::vector<double> weights(kSsimWindow);
  double total = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const double distance = static_cast<double>(i) - (kSsimWindow - 1) / 2;
    weights[i] = std::exp(-distance * distance / (2 * kSigma * kSigma));
    total += weights[i];
  }
  for (double& weight : weights) weight /= total;
  return weights;
}

/// x, y, x^2 + y^2 and x y of a row, or weighted sums of them, each [cols]. Values count from `origin`, which variances
/// do not see: so they keep their digits.
struct RowSums {
  explicit RowSums(Index cols) : cols_(cols), values(static_cast<std::size_t>(4 * cols)) {}
  double* of(Index quantity) { return values.data() + quantity * cols_; }
  Index cols_;
  std::vector<double> values;
};

void look_at_row(const BandPlanes& band, Index row, RowSums& seen) {
  const double origin = band.statistics.least;
  const float *x = band.x + row * band.cols, *y = band.y + row * band.cols;
  double *from_x = seen.of(0), *from_y = seen.of(1), *squares = seen.of(2), *products = seen.of(3);
  for (Index col = 0; col < band.cols; ++col) {
    from_x[col] = double{x[col]} - origin;
    from_y[col] = double{y[col]} - origin;
    squares[col] = from_x[col] * from_x[col] + from_y[col] * from_y[col];
    products[col] = from_x[col] * from_y[col];
  }
}

/// What the sums over windows take, a row of windows after the other: each row of the band is looked at once.
struct Windows {
  explicit Windows(const BandPlanes& of)
      : band(of), seen(kSsimWindow, RowSums(of.cols)), down(of.cols), taps(kSsimWindow) {
    for (Index row = 0; row + 1 < kSsimWindow; ++row) look_at_row(band, row, seen[static_cast<std::size_t>(row)]);
  }

  /// The sums over windows whose first row is this one, asked for in order.
  void sum(Index row, RowSums& sums) {
    look_at_row(band, row + kSsimWindow - 1, seen[static_cast<std::size_t>((row + kSsimWindow - 1) % kSsimWindow)]);
    for (Index quantity = 0; quantity < 4; ++quantity) {
      for (std::size_t tap = 0; tap < kSsimWindow; ++tap) {
        taps[tap] = seen[(static_cast<std::size_t>(row) + tap) % kSsimWindow].of(quantity);
      }
      weighted_sum(taps, weights, band.cols, down.of(quantity));
      for (std::size_t tap = 0; tap < kSsimWindow; ++tap) taps[tap] = down.of(quantity) + tap;
      weighted_sum(taps, weights, sums.cols_, sums.of(quantity));
    }
  }

  const BandPlanes& band;
  std::vector<double> weights = gaussian();
  std::vector<RowSums> seen;
  RowSums down;
  std::vector<const double*> taps;
};

double similarities(const BandPlanes& band) {
  const double origin = band.statistics.least, span = band.statistics.most - origin;
  const double c1 = std::pow(0.01 * span, 2), c2 = std::pow(0.03 * span, 2);
  const Index rows = band.rows - kSsimWindow + 1, cols = band.cols - kSsimWindow + 1;
  Windows windows(band);
  RowSums sums(cols);
  double total = 0;
  for (Index row = 0; row < rows; ++row) {
    windows.sum(row, sums);
    const double *from_x = sums.of(0), *from_y = sums.of(1), *squares = sums.of(2), *products = sums.of(3);
    for (Index col = 0; col < cols; ++col) {
      const double x = from_x[col] + origin, y = from_y[col] + origin;
      const double variances = squares[col] - from_x[col] * from_x[col] - from_y[col] * from_y[col];
      const double covariance = products[col] - from_x[col] * from_y[col];
      total += (2 * x * y + c1) * (2 * covariance + c2) / ((x * x + y * y + c1) * (variances + c2));
    }
  }
  return total;
}

Sums ssim_sums(const Part& part) { return sums_over_windows(part, kSsimWindow, similarities); }

double ssim(const Totals& totals, const Sums& sums, LeftOut& left_out) {
  return mean_over_windows(totals, sums, kSsimWindow, left_out);
}

}  // namespace

Metric ssim_metric() {
  return {{.key = "ssim",
           .name = "SSIM",
           .definition = "mean over b of the structural similarity: Gaussian 11 x 11 windows of sigma 1.5 that lie "
                         "inside, K1 = 0.01, K2 = 0.03, dynamic range max(x_b) - min(x_b); without constant bands",
           .source = "Wang et al. 2004"},
          ssim,
          ssim_sums,
          kSsimWindow - 1};
}

}  // namespace specfuse
