#include "specfuse/methods/shared/noise_units.h"

#include <algorithm>
#include <cmath>

#include "specfuse/methods/shared/spectra.h"
#include "specfuse/tensor/math.h"

namespace specfuse {
namespace {

/// The bands of an image divided by their noise.
Cube in_units(const Cube& image, const std::vector<double>& noise) {
  std::vector<float> factors;
  for (const double deviation : noise) factors.push_back(static_cast<float>(1 / deviation));
  Cube result = image;
  result.values = image.values.clone();
  scale_bands(result, factors);
  return result;
}

}  // namespace

PairNoise white_noise(const Pair& pair, double hsi_snr_db, double msi_snr_db) {
  const auto of = [](const Cube& image, double snr_db) {
    const double power = dot(image.values, image.values) / static_cast<double>(image.values.size());
    const double part = std::max(std::pow(10.0, -snr_db / 20), kRounding);
    const double deviation = power > 0 ? std::sqrt(power) * part : 1.0;
    return std::vector<double>(static_cast<std::size_t>(image.bands()), deviation);
  };
  return {of(pair.hsi, hsi_snr_db), of(pair.msi, msi_snr_db)};
}

PairNoise both(const PairNoise& a, const PairNoise& b) {
  PairNoise result = a;
  const auto add = [](std::vector<double>& to, const std::vector<double>& from) {
    std::transform(to.begin(), to.end(), from.begin(), to.begin(), [](double x, double y) { return std::hypot(x, y); });
  };
  add(result.hsi, b.hsi);
  add(result.msi, b.msi);
  return result;
}

Pair in_units_of(const PairNoise& noise, const Pair& pair) {
  check_pair_with_srf(pair, "noise units");
  Pair result = pair;
  result.hsi = in_units(pair.hsi, noise.hsi);
  result.msi = in_units(pair.msi, noise.msi);
  result.degradation.srf = pair.degradation.srf.clone();
  for (Index i = 0; i < result.degradation.srf.size(); ++i) {
    const Index m = i / pair.hsi.bands(), b = i % pair.hsi.bands();
    result.degradation.srf[i] *=
        static_cast<float>(noise.hsi[static_cast<std::size_t>(b)] / noise.msi[static_cast<std::size_t>(m)]);
  }
  return result;
}

void leave_units_of(const PairNoise& noise, Cube& fused) {
  scale_bands(fused, std::vector<float>(noise.hsi.begin(), noise.hsi.end()));
}

}  // namespace specfuse
