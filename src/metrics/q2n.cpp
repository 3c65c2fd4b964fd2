#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

#include "metrics/metric.h"
#include "metrics/shared/band_planes.h"
#include "metrics/shared/block_moments.h"
#include "specfuse/core/threads.h"
#include "specfuse/imaging/georeference.h"

namespace specfuse {
namespace {

/// Side of the blocks in pixels, as in the Matlab toolboxes of the field.
constexpr Index kQ2nBlock = 32;

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
  constexpr double kCount = kQ2nBlock * kQ2nBlock;
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
    if (!bands[static_cast<std::size_t>(b)].is_constant()) kept.push_back(b);
  }
  if (std::ssize(kept) == cube.bands()) return cube;
  return select_bands(cube, kept);
}

/// The sum over the blocks of a part, and how many there are.
Sums q2n_sums(const Part& part) {
  if (part.reference.rows() < kQ2nBlock || part.reference.cols() < kQ2nBlock) return {0, 0};
  const Cube x = varying_bands(part.reference, part.totals.bands), y = varying_bands(part.fused, part.totals.bands);
  const Index down = (part.rows + kQ2nBlock - 1) / kQ2nBlock, across = (part.cols + kQ2nBlock - 1) / kQ2nBlock;
  Sums qualities(static_cast<std::size_t>(down * across));
  const auto size = static_cast<Index>(std::bit_ceil(static_cast<std::size_t>(x.bands())));
  const std::vector<double> signs = product_signs(x.bands(), size);
  parallel_for(x.bands() == 0 ? 0 : down * across, [&](Index i) {
    const Block block{i / across * kQ2nBlock, i % across * kQ2nBlock, kQ2nBlock};
    qualities[static_cast<std::size_t>(i)] = block_quality(block_moments(x, y, block), signs, size);
  });
  return {std::accumulate(qualities.begin(), qualities.end(), 0.0), static_cast<double>(qualities.size())};
}

double q2n(const Totals& totals, const Sums& sums, LeftOut& left_out) {
  if (!has_windows(sums, kQ2nBlock, left_out)) return std::numeric_limits<double>::quiet_NaN();
  const auto constant =
      std::count_if(totals.bands.begin(), totals.bands.end(), std::mem_fn(&BandStatistics::is_constant));
  if (constant > 0) left_out["bands with zero span"] = constant;
  if (constant == std::ssize(totals.bands)) return std::numeric_limits<double>::quiet_NaN();
  return sums[0] / sums[1];
}

}  // namespace

Metric q2n_metric() {
  return {{.key = "q2n",
           .name = "Q2n",
           .definition = "2^n-ary quality index over 32 x 32 blocks: bands filled up to a power of two, the image "
                         "mirrored at its lower and right edges where it does not divide by 32; without constant bands",
           .source = "Garzelli and Nencini 2009"},
          q2n,
          q2n_sums,
          kQ2nBlock - 1};
}

}  // namespace specfuse
