#include "specfuse/methods/shared/consistency.h"

#include "specfuse/core/error.h"
#include "specfuse/imaging/upsample.h"
#include "specfuse/kernels/matrix.h"
#include "specfuse/methods/shared/spectra.h"
#include "specfuse/tensor/math.h"

namespace specfuse {
namespace {

Cube difference(const Cube& x, const Cube& y) {
  Cube result = x;
  result.values = x.values.clone();
  add_scaled(result.values, y.values, -1.0f);
  return result;
}

Matrix pseudo_inverse(const Matrix& a) {
  Matrix identity(a.rows, a.rows);
  for (Index i = 0; i < a.rows; ++i) identity(i, i) = 1;
  return least_squares(a, identity);
}

}  // namespace

void make_consistent(const Pair& pair, Cube& fused) {
  const Degradation& degradation = pair.degradation;
  SPECFUSE_CHECK(degradation.srf.defined(), "make_consistent: expected the response of the MSI, got none");
  const Cube missing = difference(pair.hsi, degrade_spatially(fused, degradation));
  add_scaled(fused.values, upsample_cubic(missing, degradation.ratio).values);
  const Cube unseen = difference(pair.msi, degrade_spectrally(fused, degradation.srf));
  add_product(unseen.values, transpose(pseudo_inverse(to_matrix(degradation.srf))), fused.values);
}

}  // namespace specfuse
