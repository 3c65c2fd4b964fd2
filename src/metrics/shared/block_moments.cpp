#include "metrics/shared/block_moments.h"

namespace specfuse {
namespace {

/// Bands that are multiplied at once.
constexpr Index kPanel = 4;

/// What one image brings: values less the mean of their band, four bands side by side [panels, pixels, 4], the last
/// panel filled up with zeros.
struct Centred {
  std::vector<double> panels, mean, variance;
};

Centred centred(const Cube& image, const Block& block) {
  const Index bands = image.bands(), count = block.side * block.side, panels = (bands + kPanel - 1) / kPanel;
  Centred result;
  result.panels.resize(static_cast<std::size_t>(panels * count * kPanel));
  result.mean.resize(static_cast<std::size_t>(bands));
  result.variance.resize(static_cast<std::size_t>(bands));
  const auto mirrored = [](Index i, Index extent) { return i < extent ? i : 2 * extent - 1 - i; };
  const auto pixel = [&](Index i) {
    return image.pixel(mirrored(block.row + i / block.side, image.rows()),
                       mirrored(block.col + i % block.side, image.cols()));
  };
  for (Index i = 0; i < count; ++i) {
    const float* const values = pixel(i);
    for (std::size_t b = 0; b < result.mean.size(); ++b) result.mean[b] += double{values[b]};
  }
  for (double& mean : result.mean) mean /= static_cast<double>(count);
  for (Index i = 0; i < count; ++i) {
    const float* const values = pixel(i);
    for (Index b = 0; b < bands; ++b) {
      const double value = double{values[b]} - result.mean[static_cast<std::size_t>(b)];
      result.panels[static_cast<std::size_t>((b / kPanel * count + i) * kPanel + b % kPanel)] = value;
      result.variance[static_cast<std::size_t>(b)] += value * value;
    }
  }
  for (double& variance : result.variance) variance /= static_cast<double>(count);
  return result;
}

/// Adds the products of two panels over all pixels in registers.
void multiply_panels(const double* x, const double* y, Index count, double (&sums)[kPanel][kPanel]) {
  double total[kPanel][kPanel] = {};
  for (Index i = 0; i < count; ++i) {
    for (Index p = 0; p < kPanel; ++p) {
      for (Index q = 0; q < kPanel; ++q) total[p][q] += x[i * kPanel + p] * y[i * kPanel + q];
    }
  }
  for (Index p = 0; p < kPanel; ++p) {
    for (Index q = 0; q < kPanel; ++q) sums[p][q] = total[p][q];
  }
}

}  // namespace

BlockMoments block_moments(const Cube& x, const Cube& y, const Block& block) {
  const Centred left = centred(x, block), right = centred(y, block);
  const Index count = block.side * block.side;
  BlockMoments moments{left.mean, right.mean, left.variance, right.variance, {}};
  moments.covariance.resize(static_cast<std::size_t>(x.bands() * y.bands()));
  for (Index p = 0; p < x.bands(); p += kPanel) {
    for (Index q = 0; q < y.bands(); q += kPanel) {
      double sums[kPanel][kPanel];
      multiply_panels(left.panels.data() + p * count, right.panels.data() + q * count, count, sums);
      for (Index i = 0; i < kPanel && p + i < x.bands(); ++i) {
        for (Index j = 0; j < kPanel && q + j < y.bands(); ++j) {
          moments.covariance[static_cast<std::size_t>((p + i) * y.bands() + q + j)] =
              sums[i][j] / static_cast<double>(count);
        }
      }
    }
  }
  return moments;
}

}  // namespace specfuse
