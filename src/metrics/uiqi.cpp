#include "metrics/metric.h"
#include "metrics/shared/band_planes.h"
#include "metrics/shared/quality_index.h"
#include "metrics/shared/window_sums.h"

namespace specfuse {
namespace {

/// Side of the windows in pixels, as for q2n.
constexpr Index kUiqiWindow = 32;

double qualities(const BandPlanes& band) {
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
  for (std::vector<double>* plane : {&x, &y, &squares, &products})
    sum_windows(*plane, band.rows, band.cols, kUiqiWindow);

  const double count = kUiqiWindow * kUiqiWindow;
  const Index rows = band.rows - kUiqiWindow + 1, cols = band.cols - kUiqiWindow + 1;
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
  return total;
}

Sums uiqi_sums(const Part& part) { return sums_over_windows(part, kUiqiWindow, qualities); }

double uiqi(const Totals& totals, const Sums& sums, LeftOut& left_out) {
  return mean_over_windows(totals, sums, kUiqiWindow, left_out);
}

}  // namespace

Metric uiqi_metric() {
  return {{.key = "uiqi",
           .name = "UIQI",
           .definition =
               "mean over b of the universal quality index, over 32 x 32 windows of stride 1; without constant bands",
           .source = "Wang and Bovik 2002"},
          uiqi,
          uiqi_sums,
          kUiqiWindow - 1};
}

}  // namespace specfuse
