#pragma once

#include <doctest/doctest.h>

#include <cmath>

#include "specfuse/imaging/srf.h"
#include "specfuse/imaging/synthetic.h"
#include "specfuse/imaging/upsample.h"
#include "specfuse/methods/fusion_method.h"
#include "specfuse/metrics/metrics.h"
#include "specfuse/tensor/math.h"
#include "support/example.h"
#include "support/random.h"

/// What every method that injects MSI detail through hypersharpened bands has to do.
namespace specfuse::testing {

/// A scene each band of which is a combination of MSI bands plus an offset: what hypersharpening assumes. Ratio 2.
inline TrainingPair combined_example(Index rows, Index cols, Index bands, Index msi_bands) {
  TrainingPair example = small_example(rows, cols, bands, msi_bands);
  const Tensor weights = random_tensor({msi_bands, bands}, "weights");
  for (Index p = 0; p < example.target.pixels(); ++p) {
    for (Index b = 0; b < bands; ++b) {
      float& value = example.target.values[p * bands + b];
      value = 1000.0f + 10.0f * static_cast<float>(b);
      for (Index i = 0; i < msi_bands; ++i)
        value += weights[i * bands + b] * example.input.msi.values[p * msi_bands + i];
    }
  }
  example.input.hsi = degrade_spatially(example.target, example.input.degradation);
  return example;
}

/// Recovers such a scene, where up-sampling alone does not, with several MSI bands and with one.
inline void check_recovers_combinations(const FusionMethod& method) {
  for (const Index msi_bands : {3, 1}) {
    CAPTURE(msi_bands);
    const TrainingPair example = combined_example(7, 9, 5, msi_bands);
    CHECK(relative_gap(upsample_cubic(example.input.hsi, 2).values, example.target.values) > 1e-2);
    CHECK(relative_gap(fuse(method, example.input).fused.values, example.target.values) < 2e-6);
  }
}

/// Constant images stay constant; a constant MSI adds nothing to the HSI, and a constant HSI takes nothing of the MSI.
inline void check_constant_images(const FusionMethod& method) {
  const TrainingPair example = small_example(3, 5, 7, 2);
  Pair both = example.input;
  both.hsi.values = Tensor(both.hsi.values.shape());
  fill(both.hsi.values, 7);
  Pair msi_only = example.input, hsi_only = both;
  both.msi.values = Tensor(both.msi.values.shape());
  fill(both.msi.values, 0.1f);
  msi_only.msi = both.msi;
  for (const Pair& pair : {both, msi_only, hsi_only}) {
    CHECK(relative_gap(fuse(method, pair).fused.values, upsample_cubic(pair.hsi, 2).values) < 1e-5);
  }
}

/// Zero pixels, a zero HSI band and a zero MSI band do no harm to the rest, nothing turns negative, and nothing becomes
/// of nothing.
inline void check_zero_pixels(const FusionMethod& method) {
  Cube scene = wavy_cube(16, 12, 6);
  for (Index row = 3; row < 11; ++row) {
    for (Index col = 2; col < 9; ++col) std::fill_n(scene.pixel(row, col), 6, 0.0f);
  }
  for (Index p = 0; p < scene.pixels(); ++p) scene.values[p * 6 + 4] = 0;
  Degradation degradation = small_example(2, 2, 6, 2).input.degradation;
  // The second MSI band sees the zero band only.
  degradation.srf = Tensor::from({2, 6}, {0.5f, 0, 0.5f, 0, 0, 0, 0, 0, 0, 0, 1, 0});
  const Pair pair = simulate(scene, degradation, 0);
  const Cube fused = fuse(method, pair).fused;
  REQUIRE(all_finite(fused.values));
  CHECK(max_abs(fused.values) < 2 * max_abs(scene.values));
  for (Index i = 0; i < fused.values.size(); ++i) REQUIRE(fused.values[i] >= 0);
  for (Index p = 0; p < fused.pixels(); ++p) REQUIRE(std::abs(fused.values[p * 6 + 4]) < 1e-3);
  CHECK(squared_distance(fused.values, scene.values) <
        squared_distance(upsample_cubic(pair.hsi, 2).values, scene.values));

  Pair nothing = pair;
  nothing.hsi.values = Tensor(pair.hsi.values.shape());
  nothing.msi.values = Tensor(pair.msi.values.shape());
  CHECK(max_abs(fuse(method, nothing).fused.values) == 0);
}

/// At 30 dB noise the result stays far better than up-sampling, in dB and in degrees; with a pan band alone, better.
inline void check_noise(const FusionMethod& method) {
  SyntheticOptions options;
  options.rows = options.cols = 64;
  options.bands = 40;
  const Cube scene = synthetic_scene(options);
  Degradation degradation;
  degradation.psf = make_psf(PsfOptions{}, 4);
  degradation.hsi_snr_db = degradation.msi_snr_db = 30;
  SrfOptions landsat, pan;
  landsat.sensor = "landsat7";
  pan.fractions = {{0, 0.3}};
  const auto gain_db = [&](const SrfOptions& srf) {
    degradation.srf = make_srf(srf, scene.wavelength_nm, 40);
    const Pair pair = simulate(scene, degradation, 1);
    return evaluate(scene, fuse(method, pair).fused, 4).values[0].value -
           evaluate(scene, upsample_cubic(pair.hsi, 4), 4).values[0].value;
  };
  REQUIRE(metric_list()[0].key == "psnr_db");
  const double landsat_gain = gain_db(landsat), pan_gain = gain_db(pan);
  CAPTURE(landsat_gain);
  CAPTURE(pan_gain);
  CHECK(landsat_gain > 6);
  CHECK(pan_gain > 1);
}

/// One HSI band, not a function of the one MSI band: what tells the methods apart. Ratio 2.
struct SingleBands {
  Pair pair;
  /// The MSI degraded, and both up-sampled.
  Cube low;
  Tensor up_low, up_hsi;

  SingleBands() {
    const TrainingPair example = small_example(5, 7, 6, 1);
    pair = example.input;
    // The HSI band mixes in what the MSI does not see.
    pair.hsi = degrade_spectrally(pair.hsi, Tensor::from({1, 6}, {0.6f, 0, 0, 0, 0, 0.4f}));
    low = degrade_spatially(pair.msi, pair.degradation);
    up_low = upsample_cubic(low, 2).values;
    up_hsi = upsample_cubic(pair.hsi, 2).values;
  }
};

/// Slope and intercept of y on x by least squares.
struct Line {
  double slope, intercept;
  Line(const Tensor& x, const Tensor& y) {
    const double n = static_cast<double>(x.size()), mean_x = sum(x) / n, mean_y = sum(y) / n;
    slope = (dot(x, y) / n - mean_x * mean_y) / (dot(x, x) / n - mean_x * mean_x);
    intercept = mean_y - slope * mean_x;
  }
};

}  // namespace specfuse::testing
