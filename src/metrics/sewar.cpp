#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "metrics/profile_metrics.h"
#include "metrics/shared/band_planes.h"
#include "metrics/shared/window_sums.h"
#include "specfuse/imaging/sums.h"

namespace specfuse {
namespace {

/// Side of the windows in pixels, the package's default. It leaves out the last one along each axis, so that the image
/// has to be a pixel larger.
constexpr Index kSewarWindow = 8, kWithLast = kSewarWindow + 1;
constexpr double kSewarCount = kSewarWindow * kSewarWindow;

double uqi_of_windows(const BandPlanes& band) {
  const auto pixels = static_cast<std::size_t>(band.rows * band.cols);
  std::vector<double> x(band.x, band.x + pixels), y(band.y, band.y + pixels), squares(pixels), products(pixels);
  for (std::size_t i = 0; i < pixels; ++i) {
    squares[i] = x[i] * x[i] + y[i] * y[i];
    products[i] = x[i] * y[i];
  }
  for (std::vector<double>* plane : {&x, &y, &squares, &products}) {
    sum_windows(*plane, band.rows, band.cols, kSewarWindow);
    for (double& value : *plane) value /= kSewarCount;
  }
  const Index rows = band.rows - kSewarWindow, cols = band.cols - kSewarWindow;
  double total = 0;
  for (Index row = 0; row < rows; ++row) {
    for (Index col = 0; col < cols; ++col) {
      const auto i = static_cast<std::size_t>(row * band.cols + col);
      const double means = x[i] * y[i], mean_squares = x[i] * x[i] + y[i] * y[i];
      const double spread = kSewarCount * squares[i] - mean_squares;
      if (mean_squares == 0) {
        total += 1;
      } else {
        total += spread == 0 ? 2 * means / mean_squares
                             : 4 * (kSewarCount * products[i] - means) * means / (spread * mean_squares);
      }
    }
  }
  return total;
}

/// Of each band the sums of x y, x^2 and y^2.
Sums products(const Part& part) {
  const Cube& x = part.reference;
  const Index bands = x.bands();
  return sum_over_rows(x.rows(), 3 * bands, [&](Index row, double* sum) {
    for (Index col = 0; col < x.cols(); ++col) {
      const float *u = x.pixel(row, col), *v = part.fused.pixel(row, col);
      for (Index b = 0; b < bands; ++b) {
        sum[b] += double{u[b]} * double{v[b]};
        sum[bands + b] += double{u[b]} * double{u[b]};
        sum[2 * bands + b] += double{v[b]} * double{v[b]};
      }
    }
  });
}

double sam_rad(const Totals& totals, const Sums& sums, LeftOut&) {
  const Index bands = std::ssize(totals.bands);
  double total = 0;
  for (Index b = 0; b < bands; ++b) {
    const double* const sum = sums.data() + b;
    total += std::acos(std::clamp(sum[0] / (std::sqrt(sum[bands]) * std::sqrt(sum[2 * bands])), -1.0, 1.0));
  }
  return total / static_cast<double>(bands);
}

/// The sum over the windows of a part, and how many there are.
Sums ergas_sums(const Part& part) {
  const Cube& x = part.reference;
  const Index rows = x.rows() - kSewarWindow, cols = x.cols() - kSewarWindow, bands = x.bands();
  if (rows < 1 || cols < 1) return {0, 0};
  const Sums total = sum_over_rows(rows, 1, [&](Index row, double* sum) {
    // Down the eight rows first: squared errors and values of each column and band.
    std::vector<double> errors(static_cast<std::size_t>(x.cols() * bands)), values(errors.size());
    for (Index r = row; r < row + kSewarWindow; ++r) {
      const float *u = x.pixel(r, 0), *v = part.fused.pixel(r, 0);
      for (std::size_t i = 0; i < errors.size(); ++i) {
        errors[i] += (double{u[i]} - double{v[i]}) * (double{u[i]} - double{v[i]});
        values[i] += double{u[i]};
      }
    }
    for (Index col = 0; col < cols; ++col) {
      double quotients = 0;
      for (Index b = 0; b < bands; ++b) {
        double error = 0, value = 0;
        for (Index c = col; c < col + kSewarWindow; ++c) {
          error += errors[static_cast<std::size_t>(c * bands + b)];
          value += values[static_cast<std::size_t>(c * bands + b)];
        }
        const double mean = value / kSewarCount / kSewarCount;
        if (mean != 0) quotients += error / kSewarCount / (mean * mean);
      }
      sum[0] += 100 * static_cast<double>(part.totals.ratio) * std::sqrt(quotients);
    }
  });
  return {total[0], static_cast<double>(rows * cols)};
}

double ergas_of_windows(const Totals&, const Sums& sums, LeftOut& left_out) {
  return has_windows(sums, kWithLast, left_out) ? sums[0] / sums[1] : std::numeric_limits<double>::quiet_NaN();
}

Sums uqi_sums(const Part& part) { return sums_over_windows(part, kWithLast, uqi_of_windows); }

double uqi(const Totals& totals, const Sums& sums, LeftOut& left_out) {
  if (!has_windows(sums, kWithLast, left_out)) return std::numeric_limits<double>::quiet_NaN();
  const double total = std::accumulate(sums.begin(), sums.end() - 1, 0.0,
                                       [&](double before, double sum) { return before + sum / sums.back(); });
  return total / static_cast<double>(totals.bands.size());
}

}  // namespace

std::vector<Metric> sewar_metrics() {
  return {{{"sam_rad", "SAM", "rad", false,
            "mean over b of the angle between the images x_b and y_b as vectors of pixels", ""},
           sam_rad,
           products},
          {{"ergas", "ERGAS", "", false,
            "mean over 8 x 8 windows of 100 r sqrt(sum over b of MSE_b / (mean(x_b) / 64)^2), within the window: r "
            "multiplies, and bands are not averaged; stride 1, without the last window along each axis",
            ""},
           ergas_of_windows,
           ergas_sums,
           kSewarWindow},
          {{"uqi", "UQI", "", true,
            "mean over b and 8 x 8 windows of 4 (64 E[xy] - E[x]E[y]) E[x]E[y] / ((64 (E[x^2] + E[y^2]) - E[x]^2 - "
            "E[y]^2) (E[x]^2 + E[y]^2)): means stand where sums were meant; windows as for ergas",
            ""},
           uqi,
           uqi_sums,
           kSewarWindow}};
}

}  // namespace specfuse
