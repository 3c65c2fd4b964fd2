#include <algorithm>
#include <vector>

#include "specfuse/core/threads.h"
#include "specfuse/imaging/msi_detail.h"
#include "specfuse/imaging/upsample.h"
#include "specfuse/methods/registry.h"
#include "specfuse/methods/shared/detail_injection.h"

namespace specfuse {
namespace {

/// What the HSI shows of each MSI band: the combination of its bands closest to the degraded MSI.
Cube intensities(const Cube& hsi, const Regression& regression) {
  Cube result(hsi.rows(), hsi.cols(), regression.weights.cols);
  parallel_for(hsi.rows(), [&](Index row) {
    for (Index col = 0; col < hsi.cols(); ++col) {
      const std::vector<double> values = predict(hsi.pixel(row, col), regression);
      std::transform(values.begin(), values.end(), result.pixel(row, col),
                     [](double value) { return static_cast<float>(value); });
    }
  });
  return result;
}

/// Adaptive Gram-Schmidt (Aiazzi, Baronti and Selva 2007, "Improving component substitution pansharpening through
/// multivariate regression of MS + Pan data") with one synthesised sharp image P_b for each HSI band b, as Yokoya,
/// Grohnfeldt and Chanussot (2017, "Hyperspectral and multispectral data fusion: a comparative review of the recent
/// literature") extend it to several MSI bands by hypersharpening:
///   fused_b = up(hsi_b) + g_b (P_b - up(I_b)),  g_b = cov(I_b, hsi_b) / var(I_b)
/// The intensity I_b that P_b replaces is the combination of HSI bands that comes closest to the degraded P_b, weights
/// and intercept by least squares. Everything is learned from the pair while fusing.
/// A band that is nowhere negative in the HSI is nowhere negative in the result.
class Gsa : public FusionMethod {
 public:
  Fuser fuser(const PairParts& pair) const override;
};

Fuser Gsa::fuser(const PairParts& pair) const {
  const Degradation& degradation = pair.degradation();
  Covariance hsi_low, low_hsi, intensity_hsi;
  std::vector<float> least;
  for_each_part(pair, degrade_margin(degradation), [&](const PairPart& part) {
    const Cube low = part.inner_of_coarse(degrade_spatially(part.pair.msi, degradation));
    const Cube hsi = part.inner_of_coarse(part.pair.hsi);
    add(hsi_low, covariance(hsi, low));
    add(low_hsi, covariance(low, hsi));
    lower(least, least_values(hsi));
  });
  const Regression of_hsi = regress(hsi_low);
  for_each_part(pair, 0, [&](const PairPart& part) {
    add(intensity_hsi, covariance(intensities(part.pair.hsi, of_hsi), part.pair.hsi));
  });
  // The intensity of P_b is the same combination of the MSI bands' intensities as P_b is of the MSI bands.
  Matrix weights = regress(low_hsi).weights;
  scale_by_gain(weights, intensity_hsi);
  const auto fuse = [of_hsi, gain = to_tensor(weights), least](const Pair& part) -> FusedCube {
    Cube fused = upsample_cubic(part.hsi, part.degradation);
    inject(fused, detail_beyond(part.msi, intensities(part.hsi, of_hsi), part.degradation), gain);
    keep_above(fused, least);
    return {fused};
  };
  return local_fuser(pair, fuse);
}

}  // namespace

MethodType gsa_method() {
  return method_type<Gsa>(
      "gsa", "GSA", "adaptive Gram-Schmidt, hypersharpened; learns from the pair itself",
      {{.author = "Aiazzi, Bruno and Baronti, Stefano and Selva, Massimo",
        .title = "Improving component substitution pansharpening through multivariate regression of {MS} + {Pan} data",
        .journal = "IEEE Transactions on Geoscience and Remote Sensing",
        .year = 2007,
        .volume = "45",
        .number = "10",
        .pages = "3230--3239",
        .doi = "10.1109/TGRS.2007.901007"}});
}

}  // namespace specfuse
