#pragma once

#include <optional>
#include <vector>

#include "specfuse/imaging/degrade.h"
#include "specfuse/imaging/separable_blur.h"
#include "specfuse/kernels/matrix.h"

namespace specfuse {

/// A pair seen from the signal subspace of its HSI: what methods that minimise a quadratic residual share. The unknown
/// is X [rows, cols, dimension], the coefficients of the fine image X basis', divided by the HSI's mean. Each
/// coefficient is scaled to a mean square of 1 over the HSI, so that penalties treat the weak ones, which tell
/// materials apart, as the strong ones, which are mostly brightness. The residual itself does not depend on that
/// scaling.
class SubspaceProblem {
 public:
  /// `dimension` is cut to the number of HSI bands. The pair has to outlive this. Throws as `check_pair_with_srf`.
  SubspaceProblem(const Pair& pair, Index dimension);

  /// Orthogonal columns [bands, dimension].
  const Matrix& basis() const { return basis_; }
  /// Coefficients of the HSI [coarse rows, coarse cols, dimension].
  const Cube& hsi() const { return hsi_; }
  /// The mean of the HSI, by which everything is divided.
  double intensity() const { return intensity_; }

  /// With A for blur and decimation, R for the response and E for the basis, half the squared residual
  /// |(hsi - A X) E'|^2 + |msi - X E' R'|^2 has its minimum where curvature(X) = pull:
  /// A'A X E'E + X (R E)'(R E) of coefficients on the fine grid,
  Tensor curvature(const Tensor& coefficients) const;
  /// and A' hsi E'E + msi R E.
  Tensor pull() const;

  /// The fine image of the coefficients, in the units of the pair, with wavelengths and attributes of the HSI.
  Cube image_of(const Tensor& coefficients) const;

 private:
  /// A of coefficients, and its transpose.
  Cube degraded(const Tensor& fine) const;
  Tensor adjoint(const Cube& coarse) const;
  /// Multiplies by E'E, which is diagonal.
  Cube weighted(const Cube& coefficients) const;

  const Pair& pair_;
  std::optional<SeparableBlur> blur_;
  float intensity_;
  Matrix basis_, seen_;
  std::vector<float> squared_scale_;
  Cube hsi_;
};

}  // namespace specfuse
