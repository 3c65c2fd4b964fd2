#include "band_planes.h"
#include "quality_index.h"

namespace specfuse {
namespace {

constexpr Index kWindow = 32;

/// Replaces each value that starts a whole window by the sum over the window. Doubling the width five times only ever
/// adds: a window of zeros keeps a sum of exactly zero, and one of equal values an exact sum, which running sums do not.
void sum_windows(std::vector<double>& plane, Index rows, Index cols) {
  for (Index step = 1; step < kWindow; step *= 2) {
    for (Index i = 0; i < (rows - 2 * step + 1) * cols; ++i) {
      plane[static_cast<std::size_t>(i)] += plane[static_cast<std::size_t>(i + step * cols)];
    }
  }
  for (Index row = 0; row <= rows - kWindow; ++row) {
    double* const values = plane.data() + row * cols;
    for (Index step = 1; step < kWindow; step *= 2) {
      for (Index col = 0; col <= cols - 2 * step; ++col) values[col] += values[col + step];
    }
  }
}

double mean_quality(const BandPlanes& band) {
  const auto pixels = static_cast<std::size_t>(band.rows * band.cols);
  std::vector<double> x(pixels), y(pixels), squares(pixels), products(pixels);
  // Variances do not see the origin, and keep their digits.
  const double origin = band.statistics.least;
  for (std::size_t i = 0; i < pixels; ++i) {
    x[i] = double{band.x[i]} - origin;
    y[i] = double{band.y[i]} - origin;
    squares[i] = x[i] * x[i] + y[i] * y[i];
    products[i] = x[i] * y[i];
  }
  for (std::vector<double>* plane : {&x, &y, &squares, &products}) sum_windows(*plane, band.rows, band.cols);

  const double count = kWindow * kWindow;
  const Index rows = band.rows - kWindow + 1, cols = band.cols - kWindow + 1;
  double total = 0;
  for (Index row = 0; row < rows; ++row) {
    for (Index col = 0; col < cols; ++col) {
      const auto i = static_cast<std::size_t>(row * band.cols + col);
      const double mean_x = x[i] / count, mean_y = y[i] / count;
      const double variances = squares[i] / count - (mean_x * mean_x + mean_y * mean_y);
      const double covariance = products[i] / count - mean_x * mean_y;
      total += quality_index({mean_x + origin, mean_y + origin, variances, covariance});
    }
  }
  return total / static_cast<double>(rows * cols);
}

}  // namespace

double uiqi(const Comparison& images, LeftOut& left_out) {
  return mean_over_planes(images, kWindow, left_out, mean_quality);
}

}  // namespace specfuse
