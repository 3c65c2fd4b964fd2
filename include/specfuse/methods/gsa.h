#pragma once

#include "specfuse/core/fields.h"
#include "specfuse/methods/fusion_method.h"

namespace specfuse {

struct GsaOptions {
  void describe(FieldVisitor&) {}
};

/// Adaptive Gram-Schmidt (Aiazzi, Baronti and Selva 2007, "Improving component substitution pansharpening through
/// multivariate regression of MS + Pan data") with one synthesised sharp image P_b for each HSI band b, as Yokoya,
/// Grohnfeldt and Chanussot (2017, "Hyperspectral and multispectral data fusion: a comparative review of the recent
/// literature") extend it to several MSI bands by hypersharpening:
///   fused_b = up(hsi_b) + g_b (P_b - up(I_b)),  g_b = cov(I_b, hsi_b) / var(I_b)
/// The intensity I_b that P_b replaces is the combination of HSI bands that comes closest to the degraded P_b, weights
/// and intercept by least squares. Everything is learned from the pair while fusing.
/// A band that is nowhere negative in the HSI is not in the result either.
class Gsa : public FusionMethod {
 public:
  using Options = GsaOptions;
  explicit Gsa(const Options&) {}
  void fit(const TrainingData&, const FitContext&) override {}
  Cube fuse(const Pair& pair) const override;
};

}  // namespace specfuse
