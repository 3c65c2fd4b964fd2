#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

#include "metrics/metric.h"
#include "metrics/shared/band_planes.h"
#include "metrics/shared/block_moments.h"
#include "specfuse/core/threads.h"

namespace specfuse {
namespace {

/// Side of the blocks in pixels, as in the Matlab toolboxes of the field.
constexpr Index kBlock = 32;

/// The factor that conjugation brings to basis element i.
int conjugate(Index i) { return i == 0 ? 1 : -1; }

/// The sign of the product of basis elements p and q of a hypercomplex algebra of `size` = 2^n elements, which is
/// +-e_(p xor q). With halves, and * for conjugates: (a, b)(c, d) = (a c - d* b, a* d* + c b*) where n > 1, and the
/// second halves b and d are stored conjugated, as Garzelli and Nencini define it; complex numbers where n is 1.
int product_sign(Index p, Index q, Index size) {
  if (size == 1) return 1;
  const Index half = size / 2, low_p = p % half, low_q = q % half;
  if (p < half && q < half) return product_sign(p, q, half);
  if (p < half) return conjugate(low_p) * conjugate(low_q) * product_sign(low_p, low_q, half);
  if (q < half) return conjugate(low_p) * product_sign(low_q, low_p, half);
  return -conjugate(low_q) * product_sign(low_q, low_p, half);
}

/// Signs of the products of the first `bands` basis elements [bands, bands], the second one conjugated.
std::vector<double> product_signs(Index bands, Index size) {
  std::vector<double> signs;
  for (Index p = 0; p < bands; ++p) {
    for (Index q = 0; q < bands; ++q) signs.push_back(conjugate(q) * product_sign(p, q, size));
  }
  return signs;
}

/// How one band of a block is normalised: (value - origin) / scale + 1, by mean and deviation of the reference.
struct Scaling {
  double reference, fused;
};

Scaling scaling_of(double mean, double variance) {
  constexpr double kCount = kBlock * kBlock;
  const double deviation = std::sqrt(variance * kCount / (kCount - 1));
  const double scale = deviation == 0 ? std::numeric_limits<double>::epsilon() : deviation;
  return {scale, mean == 0 ? 1 : scale};
}

/// The modulus of the index of one block: 2 |m_x| |m_y| / (|m_x|^2 + |m_y|^2) * 2 |C| / (V_x + V_y), where the number
/// of each pixel has its bands, normalised, as components, and 1 where bands are missing to `size`.
double block_quality(const BlockMoments& moments, const std::vector<double>& signs, Index size) {
  const auto bands = static_cast<Index>(moments.mean_x.size());
  std::vector<double> covariance(static_cast<std::size_t>(size));
  const auto missing = static_cast<double>(size - bands);
  double means = missing, variances = 0;
  for (Index p = 0; p < bands; ++p) {
    const auto at = static_cast<std::size_t>(p);
    const Scaling scale = scaling_of(moments.mean_x[at], moments.variance_x[at]);
    means += std::pow((moments.mean_y[at] - moments.mean_x[at]) / scale.fused + 1, 2);
    variances += moments.variance_x[at] / (scale.reference * scale.reference) +
                 moments.variance_y[at] / (scale.fused * scale.fused);
    for (Index q = 0; q < bands; ++q) {
      const auto other = static_cast<std::size_t>(q), pair = static_cast<std::size_t>(p * bands + q);
      const Scaling of_other = scaling_of(moments.mean_x[other], moments.variance_x[other]);
      covariance[static_cast<std::size_t>(p ^ q)] +=
          signs[pair] * moments.covariance[pair] / (scale.reference * of_other.fused);
    }
  }
  // The normalised reference has mean 1 in each of its components.
  const auto ones = static_cast<double>(size);
  const double bias = 2 * std::sqrt(ones) * std::sqrt(means) / (ones + means);
  if (variances == 0) return bias;
  const double squares = std::inner_product(covariance.begin(), covariance.end(), covariance.begin(), 0.0);
  return bias * 2 * std::sqrt(squares) / variances;
}

/// A cube without the bands that are constant in the reference.
Cube varying_bands(const Cube& cube, const std::vector<BandStatistics>& bands) {
  std::vector<Index> kept;
  for (Index b = 0; b < cube.bands(); ++b) {
    if (bands[static_cast<std::size_t>(b)].most != bands[static_cast<std::size_t>(b)].least) kept.push_back(b);
  }
  if (static_cast<Index>(kept.size()) == cube.bands()) return cube;
  Cube result(cube.rows(), cube.cols(), static_cast<Index>(kept.size()));
  for (Index p = 0; p < cube.pixels(); ++p) {
    for (std::size_t b = 0; b < kept.size(); ++b) {
      result.values[p * result.bands() + static_cast<Index>(b)] = cube.values[p * cube.bands() + kept[b]];
    }
  }
  return result;
}

double q2n(const Comparison& images, LeftOut& left_out) {
  if (!window_fits(images.reference, kBlock, left_out)) return std::numeric_limits<double>::quiet_NaN();
  const Cube x = varying_bands(images.reference, images.bands), y = varying_bands(images.fused, images.bands);
  const Index constant = images.reference.bands() - x.bands();
  if (constant > 0) left_out["bands with zero span"] = constant;
  if (x.bands() == 0) return std::numeric_limits<double>::quiet_NaN();

  const auto size = static_cast<Index>(std::bit_ceil(static_cast<std::size_t>(x.bands())));
  const std::vector<double> signs = product_signs(x.bands(), size);
  const Index down = (x.rows() + kBlock - 1) / kBlock, across = (x.cols() + kBlock - 1) / kBlock;
  std::vector<double> qualities(static_cast<std::size_t>(down * across));
  parallel_for(down * across, [&](Index i) {
    const Block block{i / across * kBlock, i % across * kBlock, kBlock};
    qualities[static_cast<std::size_t>(i)] = block_quality(block_moments(x, y, block), signs, size);
  });
  return std::accumulate(qualities.begin(), qualities.end(), 0.0) / static_cast<double>(qualities.size());
}

}  // namespace

Metric q2n_metric() {
  return {{.key = "q2n",
           .unit = "",
           .higher_is_better = true,
           .definition = "2^n-ary quality index over 32 x 32 blocks: bands filled up to a power of two, the image "
                         "mirrored at its lower and right edges where it does not divide by 32; without constant bands",
           .source = "Garzelli and Nencini 2009",
           .windows = true},
          q2n,
          0};
}

}  // namespace specfuse
