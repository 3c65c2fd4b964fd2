#include <doctest/doctest.h>

#include <cmath>

#include "methods/mixtures.h"
#include "specfuse/core/error.h"
#include "specfuse/imaging/degrade.h"
#include "specfuse/methods/registry.h"
#include "specfuse/methods/shared/noise_units.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

/// Every other band of the HSI with noise of this part of its values, and no noise in the others.
TrainingPair unequally_noisy(double part) {
  Mixture mixture;
  mixture.rows = 24;
  mixture.cols = 20;
  TrainingPair example = mixed_example(mixture);
  Cube& hsi = example.input.hsi;
  Rng rng(11, stream_of("unequal noise"));
  for (Index i = 0; i < hsi.values.size(); ++i) {
    const float drawn = rng.normal();
    if (i % hsi.bands() % 2 == 0) hsi.values[i] *= 1 + static_cast<float>(part) * drawn;
  }
  return example;
}

/// Relative error over the bands of the HSI that have no noise of their own.
double error_of_clean_bands(const Cube& fused, const Cube& target) {
  double error = 0, energy = 0;
  for (Index i = 0; i < target.values.size(); ++i) {
    if (i % target.bands() % 2 == 0) continue;
    error += std::pow(fused.values[i] - target.values[i], 2);
    energy += std::pow(target.values[i], 2);
  }
  return std::sqrt(error / energy);
}

}  // namespace

TEST_CASE("noise units: white noise has the power that the ratio says") {
  const Pair pair = constant_example(700).input;
  const PairNoise noise = white_noise(pair, 20, 40);
  REQUIRE(noise.hsi.size() == 12);
  REQUIRE(noise.msi.size() == 4);
  for (const double deviation : noise.hsi) CHECK(deviation == doctest::Approx(70));
  for (const double deviation : noise.msi) CHECK(deviation == doctest::Approx(7));
  for (const double deviation : white_noise(constant_example(0).input, 20, 40).hsi) CHECK(deviation > 0);
  CHECK(white_noise(pair, 1e4, 40).hsi.front() > 0);
}

TEST_CASE("noise units: independent noises add as squares") {
  const PairNoise sum = both({{3, 5}, {8}}, {{4, 12}, {15}});
  CHECK(sum.hsi[0] == doctest::Approx(5));
  CHECK(sum.hsi[1] == doctest::Approx(13));
  CHECK(sum.msi[0] == doctest::Approx(17));
}

TEST_CASE("noise units: the divided response ties the divided images, and the way back is exact") {
  const TrainingPair example = mixed_example({});
  PairNoise noise;
  for (Index b = 0; b < 12; ++b) noise.hsi.push_back(0.5 + static_cast<double>(b));
  noise.msi = {2, 3, 0.25, 8};
  const Pair divided = in_units_of(noise, example.input);
  Cube target = example.target;
  target.values = example.target.values.clone();
  for (Index i = 0; i < target.values.size(); ++i) {
    target.values[i] /= static_cast<float>(noise.hsi[static_cast<std::size_t>(i % 12)]);
  }
  CHECK(relative_error(degrade_spectrally(target, divided.degradation.srf), divided.msi) < 1e-6);
  CHECK(relative_error(degrade_spatially(target, divided.degradation), divided.hsi) < 1e-6);
  leave_units_of(noise, target);
  CHECK(relative_error(target, example.target) < 1e-6);
  CHECK_THROWS_WITH_AS(in_units_of({{1, 2}, noise.msi}, example.input), doctest::Contains("expected 12 factors, got 2"),
                       Error);
}

TEST_CASE("noise units: hysure and fuse lean on the bands without noise") {
  const TrainingPair clean = unequally_noisy(0), noisy = unequally_noisy(0.1);
  const auto error = [](const std::unique_ptr<FusionMethod>& method, const TrainingPair& example) {
    return error_of_clean_bands(fuse(*method, example.input).fused, example.target);
  };
  CHECK(error(make_method("hysure"), noisy) < 1.5 * error(make_method("hysure"), clean));
  // Half the bands with noise of a tenth: 23 dB over all.
  CHECK(error(make_method("fuse"), noisy) < 0.8 * error(make_method("fuse", {{"hsi_snr_db", 23}}), noisy));
}

TEST_CASE("fuse: noise that is given is taken, and noise that is not is found") {
  Mixture mixture;
  mixture.rows = 24;
  mixture.cols = 20;
  mixture.snr_db = 25;
  const TrainingPair example = mixed_example(mixture);
  const auto error = [&](const std::vector<FieldSetting>& options) {
    return relative_error(fuse(*make_method("fuse", options), example.input).fused, example.target);
  };
  const double clean = error({{"hsi_snr_db", 60}, {"msi_snr_db", 60}});
  CHECK(error({}) < 0.8 * clean);
  CHECK(error({{"hsi_snr_db", 25}}) < 0.8 * clean);
  CHECK(error({{"msi_snr_db", 25}}) < 0.8 * clean);
}
