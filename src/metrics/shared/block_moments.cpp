#include "metrics/shared/block_moments.h"

#include "specfuse/kernels/weighted_sums.h"

namespace specfuse {
namespace {

/// What one image brings: values less the mean of their band, `side` bands side by side [panels, pixels, side], the
/// last panel filled up with zeros.
struct Centred {
  std::vector<double> panels, mean, variance;
};

Centred centred(const Cube& image, const Block& block, Index side) {
  const Index bands = image.bands(), count = block.side * block.side, panels = (bands + side - 1) / side;
  Centred result;
  result.panels.resize(static_cast<std::size_t>(panels * count * side));
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
      result.panels[static_cast<std::size_t>((b / side * count + i) * side + b % side)] = value;
      result.variance[static_cast<std::size_t>(b)] += value * value;
    }
  }
  for (double& variance : result.variance) variance /= static_cast<double>(count);
  return result;
}

}  // namespace

BlockMoments block_moments(const Cube& x, const Cube& y, const Block& block) {
  const Index cols = panel_cols();
  const Centred left = centred(x, block, kPanelRows), right = centred(y, block, cols);
  const Index count = block.side * block.side;
  BlockMoments moments{left.mean, right.mean, left.variance, right.variance, {}};
  moments.covariance.resize(static_cast<std::size_t>(x.bands() * y.bands()));
  for (Index p = 0; p < x.bands(); p += kPanelRows) {
    for (Index q = 0; q < y.bands(); q += cols) {
      double sums[kPanelRows * kMostPanelCols];
      panel_products(left.panels.data() + p * count, right.panels.data() + q * count, count, sums);
      for (Index i = 0; i < kPanelRows && p + i < x.bands(); ++i) {
        for (Index j = 0; j < cols && q + j < y.bands(); ++j) {
          moments.covariance[static_cast<std::size_t>((p + i) * y.bands() + q + j)] =
              sums[i * cols + j] / static_cast<double>(count);
        }
      }
    }
  }
  return moments;
}

}  // namespace specfuse
