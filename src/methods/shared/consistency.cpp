#include "specfuse/methods/shared/consistency.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "specfuse/core/error.h"
#include "specfuse/imaging/upsample.h"
#include "specfuse/kernels/matrix.h"
#include "specfuse/methods/shared/spectra.h"
#include "specfuse/tensor/math.h"

namespace specfuse {
namespace {

/// Least noise of the MSI's residual, in units of its mean square over all bands.
constexpr double kLeastNoise = 1e-12;
/// Keeps what an error is divided by from 0.
constexpr float kLeastExpected = std::numeric_limits<float>::min();

Cube difference(const Cube& x, const Cube& y) {
  Cube result = x;
  result.values = x.values.clone();
  add_scaled(result.values, y.values, -1.0f);
  return result;
}

Matrix pseudo_inverse(const Matrix& a) { return least_squares(a, identity(a.rows)); }

/// The part of a variance that noise of variance 1 does not explain.
double signal_share(double variance) { return variance > 1 ? 1 - 1 / variance : 0; }

Matrix mean_products(const Cube& cube) {
  Matrix moments = second_moments(cube);
  for (double& value : moments.values) value /= static_cast<double>(cube.pixels());
  return moments;
}

/// Multiplies each band by the share of its mean square that is not noise.
void keep_signal(Cube& residual, const std::vector<double>& noise) {
  std::vector<double> squares(noise.size());
  const Index bands = residual.bands();
  for (Index i = 0; i < residual.values.size(); ++i) {
    squares[static_cast<std::size_t>(i % bands)] += double{residual.values[i]} * residual.values[i];
  }
  std::vector<float> gains;
  for (std::size_t b = 0; b < noise.size(); ++b) {
    const double expected = noise[b] * noise[b] * static_cast<double>(residual.pixels());
    gains.push_back(squares[b] > 0 ? static_cast<float>(signal_share(squares[b] / expected)) : 0.0f);
  }
  scale_bands(residual, gains);
}

/// W' of the estimate W r of the signal in r, for signal and independent noise together of these second moments.
Matrix wiener_filter(const Matrix& moments, const std::vector<double>& noise) {
  const Index count = moments.rows;
  double total = 0;
  for (Index i = 0; i < count; ++i) total += moments(i, i);
  Matrix filter(count, count);
  if (total == 0) return filter;
  std::vector<double> deviations;
  for (const double value : noise) deviations.push_back(std::sqrt(value * value + kLeastNoise * total));
  const auto deviation = [&](Index i) { return deviations[static_cast<std::size_t>(i)]; };
  Matrix whitened = moments;
  for (Index i = 0; i < count; ++i) {
    for (Index j = 0; j < count; ++j) whitened(i, j) /= deviation(i) * deviation(j);
  }
  const Eigen eigen = eigen_symmetric(whitened);
  for (Index i = 0; i < count; ++i) {
    for (Index j = 0; j < count; ++j) {
      for (Index k = 0; k < count; ++k) {
        filter(i, j) += eigen.vectors(i, k) * signal_share(eigen.values[static_cast<std::size_t>(k)]) *
                        eigen.vectors(j, k) * deviation(j) / deviation(i);
      }
    }
  }
  return filter;
}

Cube missing_of_hsi(const Pair& pair, const Cube& fused) {
  SPECFUSE_CHECK(pair.degradation.srf.defined(), "make_consistent: expected the response of the MSI, got none");
  return difference(pair.hsi, degrade_spatially(fused, pair.degradation));
}

Cube missing_of_msi(const Pair& pair, const Cube& fused) {
  return difference(pair.msi, degrade_spectrally(fused, pair.degradation.srf));
}

/// [msi bands, bands]: spreads what is missing of the MSI over the bands.
Matrix spread_of(const Pair& pair) { return transpose(pseudo_inverse(to_matrix(pair.degradation.srf))); }

/// What stands out of the noise in the residual to the MSI, over the bands.
void add_unseen(const Pair& pair, const PairNoise& noise, Cube& fused) {
  const Cube unseen = missing_of_msi(pair, fused);
  add_product(unseen.values, product(wiener_filter(mean_products(unseen), noise.msi), spread_of(pair)), fused.values);
}

}  // namespace

void make_consistent(const Pair& pair, Cube& fused) {
  add_scaled(fused.values, hsi_misfit(pair, fused).values);
  add_scaled(fused.values, msi_misfit(pair, fused).values);
}

Cube hsi_misfit(const Pair& pair, const Cube& fused) {
  return upsample_cubic(missing_of_hsi(pair, fused), pair.degradation);
}

Cube msi_misfit(const Pair& pair, const Cube& fused) {
  Cube spread(fused.rows(), fused.cols(), fused.bands());
  add_product(missing_of_msi(pair, fused).values, spread_of(pair), spread.values);
  return spread;
}

Cube missing_of_hsi(const Pair& pair, const PairNoise& noise, const Cube& fused) {
  SPECFUSE_CHECK(static_cast<Index>(noise.hsi.size()) == pair.hsi.bands() &&
                     static_cast<Index>(noise.msi.size()) == pair.msi.bands(),
                 "make_consistent: expected the noise of ", pair.hsi.bands(), " and ", pair.msi.bands(),
                 " bands, got that of ", noise.hsi.size(), " and ", noise.msi.size());
  Cube missing = missing_of_hsi(pair, fused);
  keep_signal(missing, noise.hsi);
  return missing;
}

void make_consistent(const Pair& pair, const PairNoise& noise, Cube& fused) {
  add_scaled(fused.values, upsample_cubic(missing_of_hsi(pair, noise, fused), pair.degradation).values);
  add_unseen(pair, noise, fused);
}

void make_consistent(const Pair& pair, const PairNoise& noise, const Tensor& expected, Index rounds, Cube& fused) {
  SPECFUSE_CHECK(expected.shape() == fused.values.shape(), "make_consistent: expected errors of ",
                 fused.values.shape().text(), ", got those of ", expected.shape().text());
  const Tensor seen = degrade_spatially(as_cube(expected), pair.degradation).values;
  for (Index round = 0; round < rounds; ++round) {
    Cube missing = missing_of_hsi(pair, noise, fused);
    float *of_missing = missing.values.data(), *to = fused.values.data();
    const float *by = seen.data(), *size = expected.data();
    for_each_element(seen.size(), [=](Index i) { of_missing[i] /= std::max(by[i], kLeastExpected); });
    const Tensor spread = upsample_cubic(missing, pair.degradation).values;
    const float* relative = spread.data();
    for_each_element(spread.size(), [=](Index i) { to[i] += size[i] * relative[i]; });
    add_unseen(pair, noise, fused);
  }
}

}  // namespace specfuse
