#pragma once

#include "specfuse/core/fields.h"
#include "specfuse/methods/fusion_method.h"

namespace specfuse {

struct GlpHsOptions {
  void describe(FieldVisitor&) {}
};

/// Generalised Laplacian pyramid with an MTF-matched filter (Aiazzi et al. 2006, "MTF-tailored multiscale fusion of
/// high-resolution MS and Pan imagery"), hypersharpened (Selva et al. 2015, "Hyper-sharpening: a first approach on
/// SIM-GA data"):
///   fused_b = up(hsi_b) + g_b (P_b - up(degrade(P_b))),  g_b = cov(up(degrade(P_b)), up(hsi_b)) /
///   var(up(degrade(P_b)))
/// where P_b is the image that least squares on the degraded MSI synthesises for band b. The filter is the pair's own
/// PSF, which is what the papers' MTF-matched Gaussian stands for. Everything is learned from the pair while fusing.
/// A band that is nowhere negative in the HSI is not in the result either.
class GlpHs : public FusionMethod {
 public:
  using Options = GlpHsOptions;
  explicit GlpHs(const Options&) {}
  void fit(const TrainingData&, const FitContext&) override {}
  Cube fuse(const Pair& pair) const override;
};

}  // namespace specfuse
