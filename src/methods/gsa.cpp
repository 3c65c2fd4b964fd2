#include <algorithm>
#include <vector>

#include "specfuse/core/threads.h"
#include "specfuse/imaging/msi_detail.h"
#include "specfuse/imaging/upsample.h"
#include "specfuse/methods/registry.h"
#include "specfuse/methods/shared/detail_injection.h"

namespace specfuse {
namespace {

/// What the HSI shows of each MSI band: the combination of its bands closest to the degraded MSI `low`.
Cube intensities(const Cube& hsi, const Cube& low) {
  const Regression regression = regress(covariance(hsi, low));
  Cube result(low.rows(), low.cols(), low.bands());
  parallel_for(low.rows(), [&](Index row) {
    for (Index col = 0; col < low.cols(); ++col) {
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
  Cube fuse(const Pair& pair) const override;
};

Cube Gsa::fuse(const Pair& pair) const {
  const Cube low = degrade_spatially(pair.msi, pair.degradation);
  // The intensity of P_b is the same combination of the MSI bands' intensities as P_b is of the MSI bands.
  const Cube intensity = intensities(pair.hsi, low);
  Matrix gain = regress(covariance(low, pair.hsi)).weights;
  scale_by_gain(gain, covariance(intensity, pair.hsi));
  Cube fused = upsample_cubic(pair.hsi, pair.degradation.ratio);
  inject(fused, detail_beyond(pair.msi, intensity, pair.degradation.ratio), to_tensor(gain));
  keep_non_negative(fused, pair.hsi);
  return fused;
}

}  // namespace

MethodType gsa_method() {
  return method_type<Gsa>(
      "gsa", "adaptive Gram-Schmidt, hypersharpened; learns from the pair itself",
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
