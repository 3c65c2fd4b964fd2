#include "specfuse/methods/fuse.h"

#include <cmath>

#include "specfuse/imaging/upsample.h"
#include "specfuse/methods/conjugate_gradients.h"
#include "specfuse/methods/spectra.h"
#include "specfuse/methods/subspace_problem.h"
#include "specfuse/tensor/math.h"

namespace specfuse {
namespace {

/// Least variance of a coefficient whose mean square is 1: keeps the prior proper where up-sampling is perfect.
constexpr double kLeastVariance = 1e-6;

/// Second moments of what up-sampling misses of the coefficients, one scale down; those of the coefficients themselves
/// where an image smaller than one coarser pixel has no scale below.
Matrix prior_covariance(const Cube& hsi, const Degradation& degradation) {
  const Index ratio = degradation.ratio, rows = hsi.rows() / ratio * ratio, cols = hsi.cols() / ratio * ratio;
  Cube missed = hsi;
  if (rows > 0 && cols > 0) {
    missed = crop(hsi, {0, 0, rows, cols});
    add_scaled(missed.values, upsample_cubic(degrade_spatially(missed, degradation), ratio).values, -1.0f);
  }
  Matrix covariance = second_moments(missed);
  for (double& value : covariance.values) value /= static_cast<double>(missed.pixels());
  for (Index k = 0; k < covariance.rows; ++k) covariance(k, k) += kLeastVariance;
  return covariance;
}

Matrix identity(Index size) {
  Matrix result(size, size);
  for (Index k = 0; k < size; ++k) result(k, k) = 1;
  return result;
}

}  // namespace

Cube Fuse::fuse(const Pair& pair) const {
  const SubspaceProblem problem(pair, options_.dimension, "fuse");
  const double hsi_noise = problem.hsi_power() * std::pow(10.0, -options_.hsi_snr_db / 10);
  const double msi_noise = problem.msi_power() * std::pow(10.0, -options_.msi_snr_db / 10);
  // The equation times the variance of the HSI's noise.
  const double msi_weight = msi_noise > 0 ? hsi_noise / msi_noise : 0;
  Matrix precision = solve_positive(prior_covariance(problem.hsi(), pair.degradation), identity(problem.hsi().bands()));
  for (double& value : precision.values) value *= hsi_noise;

  Tensor x = upsample_cubic(problem.hsi(), pair.degradation.ratio).values;
  Tensor right = problem.pull(msi_weight);
  add_product(x, precision, right);
  const auto left = [&](const Tensor& coefficients) {
    Tensor result = problem.curvature(coefficients, msi_weight);
    add_product(coefficients, precision, result);
    return result;
  };
  conjugate_gradients(left, right, x, {options_.iterations, options_.tolerance});
  return problem.image_of(x);
}

}  // namespace specfuse
