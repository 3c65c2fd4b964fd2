#include "specfuse/methods/shared/noise_units.h"

#include <algorithm>
#include <cmath>

#include "specfuse/core/error.h"
#include "specfuse/core/threads.h"
#include "specfuse/methods/shared/spectra.h"
#include "specfuse/tensor/math.h"

namespace specfuse {
namespace {

/// float32 rounds to this part of a value.
constexpr double kRounding = 6e-8;

/// Multiplies each band by a factor of its own.
Cube scaled_bands(const Cube& cube, const std::vector<float>& factors) {
  SPECFUSE_CHECK(static_cast<Index>(factors.size()) == cube.bands(), "noise units: expected the noise of ",
                 cube.bands(), " bands, got that of ", factors.size());
  Cube result = cube;
  result.values = cube.values.clone();
  float* const values = result.values.data();
  for_each_element(result.values.size(),
                   [&, values](Index i) { values[i] *= factors[static_cast<std::size_t>(i) % factors.size()]; });
  return result;
}

std::vector<float> inverses(const std::vector<double>& deviations) {
  std::vector<float> result;
  for (const double deviation : deviations) result.push_back(static_cast<float>(1 / deviation));
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
  result.hsi = scaled_bands(pair.hsi, inverses(noise.hsi));
  result.msi = scaled_bands(pair.msi, inverses(noise.msi));
  result.degradation.srf = pair.degradation.srf.clone();
  for (Index i = 0; i < result.degradation.srf.size(); ++i) {
    const Index m = i / pair.hsi.bands(), b = i % pair.hsi.bands();
    result.degradation.srf[i] *=
        static_cast<float>(noise.hsi[static_cast<std::size_t>(b)] / noise.msi[static_cast<std::size_t>(m)]);
  }
  return result;
}

void leave_units_of(const PairNoise& noise, Cube& fused) {
  fused = scaled_bands(fused, std::vector<float>(noise.hsi.begin(), noise.hsi.end()));
}

}  // namespace specfuse
