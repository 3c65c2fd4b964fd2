#include "metrics/sewar.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "metrics/shared/band_planes.h"
#include "metrics/shared/window_sums.h"
#include "specfuse/imaging/sums.h"

namespace specfuse {
namespace {

/// Side of the windows in pixels, the package's default.
constexpr Index kWindow = 8;
constexpr double kCount = kWindow * kWindow;
constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

double uqi_of_band(const BandPlanes& band) {
  const auto pixels = static_cast<std::size_t>(band.rows * band.cols);
  std::vector<double> x(band.x, band.x + pixels), y(band.y, band.y + pixels), squares(pixels), products(pixels);
  for (std::size_t i = 0; i < pixels; ++i) {
    squares[i] = x[i] * x[i] + y[i] * y[i];
    products[i] = x[i] * y[i];
  }
  for (std::vector<double>* plane : {&x, &y, &squares, &products}) {
    sum_windows(*plane, band.rows, band.cols, kWindow);
    for (double& value : *plane) value /= kCount;
  }
  const Index rows = band.rows - kWindow, cols = band.cols - kWindow;
  double total = 0;
  for (Index row = 0; row < rows; ++row) {
    for (Index col = 0; col < cols; ++col) {
      const auto i = static_cast<std::size_t>(row * band.cols + col);
      const double means = x[i] * y[i], mean_squares = x[i] * x[i] + y[i] * y[i];
      const double spread = kCount * squares[i] - mean_squares;
      if (mean_squares == 0) {
        total += 1;
      } else {
        total += spread == 0 ? 2 * means / mean_squares
                             : 4 * (kCount * products[i] - means) * means / (spread * mean_squares);
      }
    }
  }
  return total / static_cast<double>(rows * cols);
}

}  // namespace

double sewar_sam_rad(const Comparison& images) {
  const Cube& x = images.reference;
  const Index bands = x.bands();
  const auto sums = sum_over_rows(x.rows(), 3 * bands, [&](Index row, double* sum) {
    for (Index col = 0; col < x.cols(); ++col) {
      const float *u = x.pixel(row, col), *v = images.fused.pixel(row, col);
      for (Index b = 0; b < bands; ++b) {
        sum[b] += double{u[b]} * double{v[b]};
        sum[bands + b] += double{u[b]} * double{u[b]};
        sum[2 * bands + b] += double{v[b]} * double{v[b]};
      }
    }
  });
  double total = 0;
  for (Index b = 0; b < bands; ++b) {
    const double* const sum = sums.data() + b;
    total += std::acos(std::clamp(sum[0] / (std::sqrt(sum[bands]) * std::sqrt(sum[2 * bands])), -1.0, 1.0));
  }
  return total / static_cast<double>(bands);
}

double sewar_ergas(const Comparison& images) {
  const Cube& x = images.reference;
  const Index rows = x.rows() - kWindow, cols = x.cols() - kWindow, bands = x.bands();
  if (rows < 1 || cols < 1) return kNothing;
  const auto total = sum_over_rows(rows, 1, [&](Index row, double* sum) {
    // Down the eight rows first: squared errors and values of each column and band.
    std::vector<double> errors(static_cast<std::size_t>(x.cols() * bands)), values(errors.size());
    for (Index r = row; r < row + kWindow; ++r) {
      const float *u = x.pixel(r, 0), *v = images.fused.pixel(r, 0);
      for (std::size_t i = 0; i < errors.size(); ++i) {
        errors[i] += (double{u[i]} - double{v[i]}) * (double{u[i]} - double{v[i]});
        values[i] += double{u[i]};
      }
    }
    for (Index col = 0; col < cols; ++col) {
      double quotients = 0;
      for (Index b = 0; b < bands; ++b) {
        double error = 0, value = 0;
        for (Index c = col; c < col + kWindow; ++c) {
          error += errors[static_cast<std::size_t>(c * bands + b)];
          value += values[static_cast<std::size_t>(c * bands + b)];
        }
        const double mean = value / kCount / kCount;
        if (mean != 0) quotients += error / kCount / (mean * mean);
      }
      sum[0] += 100 * static_cast<double>(images.ratio) * std::sqrt(quotients);
    }
  });
  return total[0] / static_cast<double>(rows * cols);
}

double sewar_uqi(const Comparison& images) {
  if (images.reference.rows() <= kWindow || images.reference.cols() <= kWindow) return kNothing;
  const std::vector<double> values = values_of_bands(images, uqi_of_band);
  double total = 0;
  for (const double value : values) total += value;
  return total / static_cast<double>(values.size());
}

}  // namespace specfuse
