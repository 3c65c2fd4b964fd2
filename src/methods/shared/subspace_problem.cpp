#include "specfuse/methods/shared/subspace_problem.h"

#include <algorithm>
#include <cmath>

#include "specfuse/core/threads.h"
#include "specfuse/imaging/adjoint.h"
#include "specfuse/methods/shared/spectra.h"
#include "specfuse/tensor/math.h"

namespace specfuse {
namespace {

/// A coefficient weaker than this part of the strongest is rounding, and not enlarged further.
constexpr double kWeakest = 1e-5;
/// Pixels that one thread takes at a time.
constexpr Index kPixelsPerTask = 512;

Matrix scaled(Matrix matrix, double factor) {
  for (double& value : matrix.values) value *= factor;
  return matrix;
}

}  // namespace

SubspaceProblem::SubspaceProblem(const Pair& pair, Index dimension) : pair_(pair) {
  check_pair_with_srf(pair, "subspace");
  blur_ = SeparableBlur::of(pair.degradation, pair.hsi.rows(), pair.hsi.cols());
  intensity_ = intensity_of(pair.hsi);
  basis_ = signal_subspace(pair.hsi, std::min(dimension, pair.hsi.bands()));
  hsi_ = transform_spectra(pair.hsi, scaled(basis_, 1.0 / intensity_));
  const Matrix energy = second_moments(hsi_);
  const double floor = std::max(kWeakest * kWeakest * energy(0, 0), 1e-30);
  Matrix shrink(basis_.cols, basis_.cols);
  for (Index k = 0; k < basis_.cols; ++k) {
    const double square = std::max(energy(k, k), floor) / static_cast<double>(hsi_.pixels());
    shrink(k, k) = 1 / std::sqrt(square);
    squared_scale_.push_back(static_cast<float>(square));
    for (Index b = 0; b < basis_.rows; ++b) basis_(b, k) *= std::sqrt(square);
  }
  hsi_ = transform_spectra(hsi_, shrink);
  seen_ = product(to_matrix(pair.degradation.srf), basis_);
}

Cube SubspaceProblem::degraded(const Tensor& fine) const {
  return blur_ ? as_cube(blur_->degrade(fine)) : degrade_spatially(as_cube(fine), pair_.degradation);
}

Tensor SubspaceProblem::adjoint(const Cube& coarse) const {
  return blur_ ? blur_->adjoint(coarse.values) : degrade_adjoint(coarse, pair_.degradation).values;
}

Cube SubspaceProblem::weighted(const Cube& coefficients) const {
  Cube result = as_cube(coefficients.values.clone());
  const Index count = coefficients.bands();
  parallel_ranges(coefficients.pixels(), kPixelsPerTask, [&](Index begin, Index end) {
    float* values = result.values.data() + begin * count;
    for (Index pixel = begin; pixel < end; ++pixel, values += count) {
      for (Index i = 0; i < count; ++i) values[i] *= squared_scale_[static_cast<std::size_t>(i)];
    }
  });
  return result;
}

Tensor SubspaceProblem::curvature(const Tensor& coefficients) const {
  Tensor result = adjoint(weighted(degraded(coefficients)));
  add_product(coefficients, product_tn(seen_, seen_), result);
  return result;
}

Tensor SubspaceProblem::pull() const {
  Tensor result = adjoint(weighted(hsi_));
  add_product(pair_.msi.values, scaled(seen_, 1.0 / intensity_), result);
  return result;
}

Cube SubspaceProblem::image_of(const Tensor& coefficients) const {
  Cube image = transform_spectra(as_cube(coefficients), scaled(transpose(basis_), intensity_));
  image.wavelength_nm = pair_.hsi.wavelength_nm;
  image.attributes = pair_.hsi.attributes;
  return image;
}

}  // namespace specfuse
