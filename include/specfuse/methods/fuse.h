#pragma once

#include "specfuse/core/fields.h"
#include "specfuse/methods/fusion_method.h"

namespace specfuse {

struct FuseOptions {
  /// Dimension of the subspace; no more than the HSI has bands.
  Index dimension = 20;
  /// Signal to noise ratios that the inputs are taken to have in dB, over all bands together.
  double hsi_snr_db = 40, msi_snr_db = 50;
  /// Conjugate gradient iterations at most, and the relative residual they stop at.
  Index iterations = 300;
  double tolerance = 1e-6;

  void describe(FieldVisitor& fields) {
    fields("dimension", dimension, Range{1, 1000});
    fields("hsi_snr_db", hsi_snr_db, Range{-20, 200});
    fields("msi_snr_db", msi_snr_db, Range{-20, 200});
    fields("iterations", iterations, Range{1, 1e6});
    fields("tolerance", tolerance, Range{0, 1});
  }
};

/// FUSE (Wei, Dobigeon and Tourneret 2015, "Fast fusion of multi-band images based on solving a Sylvester equation"):
/// the most probable coefficients X [pixels, dimension] in the signal subspace under white noise on both images and a
/// Gaussian prior around the up-sampled HSI U. They solve the Sylvester equation
///
///   A'A X / noise_hsi + X G / noise_msi + (X - U) S^-1 = A' hsi / noise_hsi + msi R E / noise_msi
///
/// for blur and decimation A, response R, basis E and G = E'R'R E. The paper's closed form needs a circulant blur; here
/// conjugate gradients solve the same equation with the exact operators, whatever the boundary. The paper leaves the
/// prior covariance S to the user; here it is measured: the second moments of what up-sampling misses one scale down.
/// `fuse` throws `ConfigError` without an SRF.
class Fuse : public FusionMethod {
 public:
  using Options = FuseOptions;
  explicit Fuse(const Options& options) : options_(options) {}
  void fit(const TrainingData&, const FitContext&) override {}
  Cube fuse(const Pair& pair) const override;

 private:
  Options options_;
};

}  // namespace specfuse
