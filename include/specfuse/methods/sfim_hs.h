#pragma once

#include "specfuse/core/fields.h"
#include "specfuse/methods/fusion_method.h"

namespace specfuse {

struct SfimHsOptions {
  void describe(FieldVisitor&) {}
};

/// Smoothing-filter-based intensity modulation (Liu 2000, "Smoothing filter-based intensity modulation: a spectral
/// preserve image fusion technique for improving spatial details"), hypersharpened (Selva et al. 2015,
/// "Hyper-sharpening: a first approach on SIM-GA data"):
///   fused_b = up(hsi_b) P_b / up(degrade(P_b))
/// where P_b, clipped at 0, is the image that least squares on the degraded MSI synthesises for band b and the
/// smoothing filter is the pair's own PSF. Written as up(hsi_b) + m (P_b - up(degrade(P_b))), the modulation
/// m = up(hsi_b) / up(degrade(P_b)) is kept within [0, 2], and is 1 where up(degrade(P_b)) is not positive: so dark
/// pixels cannot blow up. Everything is learned from the pair while fusing.
/// A band that is nowhere negative in the HSI is not in the result either.
class SfimHs : public FusionMethod {
 public:
  using Options = SfimHsOptions;
  explicit SfimHs(const Options&) {}
  void fit(const TrainingData&, const FitContext&) override {}
  Cube fuse(const Pair& pair) const override;
};

}  // namespace specfuse
