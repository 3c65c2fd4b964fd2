#include "specfuse/methods/shared/spectra.h"

#include <algorithm>
#include <cmath>

#include "specfuse/core/error.h"
#include "specfuse/kernels/gemm.h"
#include "specfuse/tensor/math.h"

namespace specfuse {

Matrix spectra_of(const Cube& cube, Index first, Index count) {
  Matrix result(count, cube.bands());
  const float* values = cube.values.data() + first * cube.bands();
  std::copy(values, values + count * cube.bands(), result.values.begin());
  return result;
}

Matrix second_moments(const Cube& cube) {
  // Blocks bound the memory; their order is fixed, so that the sum is.
  const Index bands = cube.bands(), block = 4096;
  Matrix total(bands, bands);
  for (Index first = 0; first < cube.pixels(); first += block) {
    const Matrix part = spectra_of(cube, first, std::min(block, cube.pixels() - first));
    const Matrix sum = product_tn(part, part);
    for (std::size_t i = 0; i < total.values.size(); ++i) total.values[i] += sum.values[i];
  }
  return total;
}

Matrix signal_subspace(const Cube& cube, Index dimension) {
  SPECFUSE_CHECK(dimension >= 1 && dimension <= cube.bands(), "signal_subspace: expected a dimension from 1 to ",
                 cube.bands(), ", got ", dimension);
  return leading_eigenvectors(second_moments(cube), dimension);
}

Cube as_cube(const Tensor& values) {
  Cube cube;
  cube.values = values;
  return cube;
}

Cube transform_spectra(const Cube& cube, const Matrix& matrix) {
  SPECFUSE_CHECK(cube.bands() == matrix.rows, "transform_spectra: expected ", matrix.rows, " bands, got ",
                 cube.bands());
  Cube result;
  result.attributes = cube.attributes;
  result.values = Tensor::uninitialized({cube.rows(), cube.cols(), matrix.cols});
  const Tensor factor = to_tensor(matrix);
  parallel_gemm(plain({cube.values.data(), cube.pixels(), cube.bands()}),
                plain({factor.data(), matrix.rows, matrix.cols}),
                {result.values.data(), result.pixels(), result.bands()});
  return result;
}

void scale_bands(Cube& cube, const std::vector<float>& factors) {
  SPECFUSE_CHECK(static_cast<Index>(factors.size()) == cube.bands(), "scale_bands: expected ", cube.bands(),
                 " factors, got ", factors.size());
  float* const values = cube.values.data();
  for_each_element(cube.values.size(),
                   [&, values](Index i) { values[i] *= factors[static_cast<std::size_t>(i) % factors.size()]; });
}

void add_product(const Tensor& x, const Matrix& matrix, Tensor& y) {
  const Tensor factor = to_tensor(matrix);
  parallel_gemm(plain({x.data(), x.size() / matrix.rows, matrix.rows}),
                plain({factor.data(), matrix.rows, matrix.cols}), {y.data(), y.size() / matrix.cols, matrix.cols},
                {.accumulate = true});
}

void check_pair_with_srf(const Pair& pair, const char* method) {
  const Degradation& degradation = pair.degradation;
  SPECFUSE_CHECK_AS(ConfigError, degradation.srf.defined(), method,
                    ": expected the spectral response of the MSI, but the pair has none: degrade.srf gives it, "
                    "degrade.estimate.srf finds it from the pair");
  SPECFUSE_CHECK(degradation.srf.shape() == Shape({pair.msi.bands(), pair.hsi.bands()}), method,
                 ": expected a response [", pair.msi.bands(), ", ", pair.hsi.bands(), "], got ",
                 degradation.srf.shape().text());
  SPECFUSE_CHECK(
      pair.msi.rows() == pair.hsi.rows() * degradation.ratio && pair.msi.cols() == pair.hsi.cols() * degradation.ratio,
      method, ": expected an msi of ", pair.hsi.rows() * degradation.ratio, " x ", pair.hsi.cols() * degradation.ratio,
      " pixels, got ", pair.msi.rows(), " x ", pair.msi.cols());
}

float intensity_of(const Cube& hsi) {
  double total = 0;
  for (Index i = 0; i < hsi.values.size(); ++i) total += std::abs(double{hsi.values[i]});
  return total > 0 ? static_cast<float>(total / static_cast<double>(hsi.values.size())) : 1.0f;
}

}  // namespace specfuse
