#include "metrics/metric.h"
#include "metrics/shared/band_planes.h"
#include "metrics/shared/quality_index.h"
#include "metrics/shared/window_sums.h"

namespace specfuse {
namespace {

/// Side of the windows in pixels, as for q2n.
constexpr Index kWindow = 32;

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
  for (std::vector<double>* plane : {&x, &y, &squares, &products}) sum_windows(*plane, band.rows, band.cols, kWindow);

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

double uiqi(const Comparison& images, LeftOut& left_out) {
  return mean_over_planes(images, kWindow, left_out, mean_quality);
}

}  // namespace

Metric uiqi_metric() {
  return {{.key = "uiqi",
           .unit = "",
           .higher_is_better = true,
           .definition =
               "mean over b of the universal quality index, over 32 x 32 windows of stride 1; without constant bands",
           .source = "Wang and Bovik 2002",
           .windows = true},
          uiqi,
          kWindow};
}

}  // namespace specfuse
