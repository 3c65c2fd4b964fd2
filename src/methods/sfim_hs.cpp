#include <algorithm>
#include <vector>

#include "specfuse/core/threads.h"
#include "specfuse/imaging/upsample.h"
#include "specfuse/methods/registry.h"
#include "specfuse/methods/shared/detail_injection.h"

namespace specfuse {
namespace {

/// The largest factor between the up-sampled HSI and the smoothed band, without unit. Where they differ by more, both
/// are close to zero and their quotient is noise.
constexpr double kMostModulation = 2;

double modulated(double hsi, double sharp, double smooth) {
  if (!(smooth > 0)) return hsi + sharp - smooth;
  const double clipped = std::max(sharp, 0.0);
  if (hsi > kMostModulation * smooth) return hsi + kMostModulation * (clipped - smooth);
  return hsi < 0 ? hsi : hsi * clipped / smooth;
}

/// Smoothing-filter-based intensity modulation (Liu 2000, "Smoothing filter-based intensity modulation: a spectral
/// preserve image fusion technique for improving spatial details"), hypersharpened (Selva et al. 2015,
/// "Hyper-sharpening: a first approach on SIM-GA data"):
///   fused_b = up(hsi_b) P_b / up(degrade(P_b))
/// where P_b, clipped at 0, is the image that least squares on the degraded MSI synthesises for band b and the
/// smoothing filter is the pair's own PSF. Written as up(hsi_b) + m (P_b - up(degrade(P_b))), the modulation
/// m = up(hsi_b) / up(degrade(P_b)) is kept within [0, 2], and is 1 where up(degrade(P_b)) is not positive: so dark
/// pixels cannot blow up. Everything is learned from the pair while fusing.
/// A band that is nowhere negative in the HSI is nowhere negative in the result.
class SfimHs : public FusionMethod {
 public:
  Fuser fuser(const PairParts& pair) const override;
};

Fuser SfimHs::fuser(const PairParts& pair) const {
  const LowStatistics seen = low_statistics(pair);
  const auto fuse = [regression = regress(seen.low_hsi), least = seen.least](const Pair& part) -> FusedCube {
    const Cube smooth = upsample_cubic(degrade_spatially(part.msi, part.degradation), part.degradation);
    Cube fused = upsample_cubic(part.hsi, part.degradation);
    parallel_for(fused.rows(), [&](Index row) {
      for (Index col = 0; col < fused.cols(); ++col) {
        const std::vector<double> p = predict(part.msi.pixel(row, col), regression);
        const std::vector<double> p_smooth = predict(smooth.pixel(row, col), regression);
        float* pixel = fused.pixel(row, col);
        for (std::size_t b = 0; b < p.size(); ++b) {
          pixel[b] = static_cast<float>(modulated(double{pixel[b]}, p[b], p_smooth[b]));
        }
      }
    });
    keep_above(fused, least);
    return {fused};
  };
  return local_fuser(pair, fuse);
}

}  // namespace

MethodType sfim_hs_method() {
  return method_type<SfimHs>("sfim_hs", "SFIM-HS",
                             "smoothing-filter-based intensity modulation, hypersharpened; learns from the pair itself",
                             {{.author = "Liu, Jian Guo",
                               .title = "Smoothing filter-based intensity modulation: A spectral preserve image fusion "
                                        "technique for improving spatial details",
                               .journal = "International Journal of Remote Sensing",
                               .year = 2000,
                               .volume = "21",
                               .number = "18",
                               .pages = "3461--3472",
                               .doi = "10.1080/014311600750037499"},
                              hyper_sharpening_paper()});
}

}  // namespace specfuse
