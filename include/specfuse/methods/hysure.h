#pragma once

#include "specfuse/core/fields.h"
#include "specfuse/methods/fusion_method.h"

namespace specfuse {

struct HysureOptions {
  /// Dimension of the subspace; no more than the HSI has bands.
  Index dimension = 20;
  /// Iterations of the splitting method, and of conjugate gradients in each.
  Index iterations = 30, inner_iterations = 10;
  /// Weight of the MSI's squared misfit against the HSI's.
  double msi_weight = 30;
  /// Weight of the vector total variation; the images are divided by the HSI's mean.
  double total_variation = 1e-2;
  /// Weight that ties the gradients to their split copies: speed, not the solution.
  double penalty = 0.02;

  void describe(FieldVisitor& fields) {
    fields("dimension", dimension, Range{1, 1000});
    fields("iterations", iterations, Range{1, 1e6});
    fields("inner_iterations", inner_iterations, Range{1, 1e6});
    fields("msi_weight", msi_weight, Range{0, 1e9});
    fields("total_variation", total_variation, Range{0, 1e9});
    fields("penalty", penalty, Range{1e-9, 1e9});
  }
};

/// HySure (Simoes, Bioucas-Dias, Almeida and Chanussot 2015, "A convex formulation for hyperspectral image
/// superresolution via subspace-based regularization"): the coefficients X [pixels, dimension] in the signal subspace E
/// of the HSI that minimise, for blur and decimation A and response R,
///
///   1/2 |hsi - A X E'|^2 + msi_weight / 2 |msi - X E' R'|^2 + total_variation sum_pixels |(D_h X, D_v X)|,
///
/// the last term a vector total variation over all coefficients of a pixel, and X E' is the result. Solved by SALSA, an
/// alternating direction method, as in the paper. The paper also splits off the blur so that every step is diagonal in
/// the Fourier domain; here only the gradients are split off and the quadratic step is solved by conjugate gradients
/// with the exact operators, whatever the boundary. Where the paper's E are endmembers, here they are the principal
/// directions of the HSI, scaled as `SubspaceProblem` says so that the variation of each coefficient counts the same.
/// `fuse` throws `ConfigError` without an SRF.
class Hysure : public FusionMethod {
 public:
  using Options = HysureOptions;
  explicit Hysure(const Options& options) : options_(options) {}
  void fit(const TrainingData&, const FitContext&) override {}
  Cube fuse(const Pair& pair) const override;

 private:
  Options options_;
};

}  // namespace specfuse
