#include "specfuse/imaging/msi_detail.h"
#include "specfuse/imaging/upsample.h"
#include "specfuse/methods/registry.h"
#include "specfuse/methods/shared/detail_injection.h"

namespace specfuse {
namespace {

/// Generalised Laplacian pyramid with an MTF-matched filter (Aiazzi et al. 2006, "MTF-tailored multiscale fusion of
/// high-resolution MS and Pan imagery"), hypersharpened (Selva et al. 2015, "Hyper-sharpening: a first approach on
/// SIM-GA data"):
///   fused_b = up(hsi_b) + g_b (P_b - up(degrade(P_b))),  g_b = cov(up(degrade(P_b)), up(hsi_b)) /
///   var(up(degrade(P_b)))
/// where P_b is the image that least squares on the degraded MSI synthesises for band b. The filter is the pair's own
/// PSF, which is what the papers' MTF-matched Gaussian stands for. Everything is learned from the pair while fusing.
/// A band that is nowhere negative in the HSI is nowhere negative in the result.
class GlpHs : public FusionMethod {
 public:
  Fuser fuser(const PairParts& pair) const override;
};

Fuser GlpHs::fuser(const PairParts& pair) const {
  const Degradation& degradation = pair.degradation();
  const Index ratio = degradation.ratio;
  const LowStatistics seen = low_statistics(pair);
  Covariance fine;
  for_each_part(pair, detail_margin(degradation), [&](const PairPart& part) {
    const Cube low = degrade_spatially(part.pair.msi, degradation);
    const Rectangle inner = fine_part(part.inner, ratio);
    add(fine, covariance(upsample_cubic(low, degradation, inner), upsample_cubic(part.pair.hsi, degradation, inner)));
  });
  Matrix weights = regress(seen.low_hsi).weights;
  scale_by_gain(weights, fine);
  const auto fuse = [gain = to_tensor(weights), least = seen.least](const Pair& part) -> FusedCube {
    Cube fused = upsample_cubic(part.hsi, part.degradation);
    // P_b - up(degrade(P_b)) is the same combination of the MSI bands' details: degrading and up-sampling are linear
    // and keep the offset.
    inject(fused, msi_detail(part), gain);
    keep_above(fused, least);
    return {fused};
  };
  return local_fuser(pair, fuse);
}

}  // namespace

MethodType glp_hs_method() {
  return method_type<GlpHs>(
      "glp_hs", "GLP-HS",
      "generalised Laplacian pyramid with the PSF of the pair as its filter, hypersharpened; "
      "learns from the pair itself",
      {{.author = "Aiazzi, Bruno and Alparone, Luciano and Baronti, Stefano and Garzelli, Andrea and Selva, Massimo",
        .title = "{MTF}-tailored multiscale fusion of high-resolution {MS} and {Pan} imagery",
        .journal = "Photogrammetric Engineering and Remote Sensing",
        .year = 2006,
        .volume = "72",
        .number = "5",
        .pages = "591--596",
        .doi = "10.14358/PERS.72.5.591"},
       hyper_sharpening_paper()});
}

}  // namespace specfuse
