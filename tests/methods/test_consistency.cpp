#include <doctest/doctest.h>

#include <cmath>

#include "specfuse/core/error.h"
#include "specfuse/imaging/upsample.h"
#include "specfuse/methods/shared/consistency.h"
#include "specfuse/tensor/math.h"
#include "support/example.h"
#include "support/message_of.h"
#include "support/random.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

Cube copy_of(const Cube& cube) {
  Cube copy = cube;
  copy.values = cube.values.clone();
  return copy;
}

/// The scene with noise of this deviation.
Cube noisy(const Cube& cube, float deviation) {
  Cube result = copy_of(cube);
  add_scaled(result.values, random_tensor(cube.values.shape(), "noise"), deviation);
  return result;
}

std::vector<double> mean_squares(const Cube& cube) {
  std::vector<double> result(static_cast<std::size_t>(cube.bands()));
  for (Index i = 0; i < cube.values.size(); ++i) {
    result[static_cast<std::size_t>(i % cube.bands())] +=
        double{cube.values[i]} * cube.values[i] / static_cast<double>(cube.pixels());
  }
  return result;
}

PairNoise constant_noise(const Pair& pair, double hsi, double msi) {
  return {std::vector<double>(static_cast<std::size_t>(pair.hsi.bands()), hsi),
          std::vector<double>(static_cast<std::size_t>(pair.msi.bands()), msi)};
}

}  // namespace

TEST_CASE("consistency: a scene without noise stays as it is, and the MSI is met exactly") {
  const TrainingPair example = small_example(6, 7, 9, 3);
  Cube kept = example.target;
  kept.values = example.target.values.clone();
  make_consistent(example.input, kept);
  CHECK(relative_gap(kept.values, example.target.values) < 1e-5);

  Cube fused = upsample_cubic(example.input.hsi, 2);
  const double before = squared_distance(fused.values, example.target.values);
  make_consistent(example.input, fused);
  CHECK(relative_gap(degrade_spectrally(fused, example.input.degradation.srf).values, example.input.msi.values) < 1e-5);
  CHECK(squared_distance(fused.values, example.target.values) < before);
}

TEST_CASE("consistency by noise: as without where there is no noise, and nothing where the misfit is all noise") {
  const TrainingPair example = small_example(6, 7, 9, 3);
  const Cube start = noisy(example.target, 3);
  Cube plain = copy_of(start), weighted = copy_of(start), kept = copy_of(start);
  make_consistent(example.input, plain);
  make_consistent(example.input, constant_noise(example.input, 0, 0), weighted);
  CHECK(relative_gap(weighted.values, plain.values) < 1e-6);
  make_consistent(example.input, constant_noise(example.input, 100, 100), kept);
  CHECK(relative_gap(kept.values, start.values) == 0);
  CHECK_THROWS_WITH_AS(make_consistent(example.input, {{1, 2}, {3}}, kept),
                       "make_consistent: expected the noise of 9 and 3 bands, got that of 2 and 1", Error);
}

TEST_CASE("consistency by noise: takes the share of each misfit that is not noise") {
  const TrainingPair example = small_example(6, 7, 4, 1);
  const Pair& pair = example.input;
  // What is missing of each band is a constant: 2, 4, 6, 8; the MSI sees the first band only.
  Cube fused = copy_of(example.target);
  for (Index i = 0; i < fused.values.size(); ++i) fused.values[i] -= static_cast<float>(2 * (i % 4 + 1));
  Cube expected = copy_of(fused);
  for (Index p = 0; p < fused.pixels(); ++p) {
    for (Index b = 0; b < 4; ++b) {
      const double missing = 2 * static_cast<double>(b + 1);
      expected.values[p * 4 + b] += static_cast<float>(missing * std::max(0.0, 1 - 9 / (missing * missing)));
    }
    // The first band is all noise to the HSI; the MSI still misses 2, of deviation 1.
    expected.values[p * 4] += 2 * (1 - 1.0f / 4);
  }
  make_consistent(pair, constant_noise(pair, 3, 1), fused);
  CHECK(relative_gap(fused.values, expected.values) < 1e-5);
}

TEST_CASE("consistency by noise: filters bands of the MSI along the directions of their misfit") {
  TrainingPair example = small_example(6, 7, 2, 2);
  // Misfits (a, a) and (b, -b) at every other column: variances a^2 and b^2 along the diagonals, noise 1.
  const float a = 2, b = 0.5f;
  Cube fused = copy_of(example.target);
  for (Index row = 0; row < fused.rows(); ++row) {
    for (Index col = 0; col < fused.cols(); ++col) {
      const float strong = row % 2 == 0 ? a : -a, weak = col % 2 == 0 ? b : -b;
      fused.pixel(row, col)[0] -= strong + weak;
      fused.pixel(row, col)[1] -= strong - weak;
    }
  }
  // Per band: of variance 2 a^2 along (1, 1) / sqrt 2, 2 b^2 along (1, -1) / sqrt 2.
  const float gain = 1 - 1 / (2 * a * a);
  Cube expected = copy_of(fused);
  for (Index row = 0; row < fused.rows(); ++row) {
    for (Index col = 0; col < fused.cols(); ++col) {
      for (Index k = 0; k < 2; ++k) expected.pixel(row, col)[k] += gain * (row % 2 == 0 ? a : -a);
    }
  }
  make_consistent(example.input, constant_noise(example.input, 1e6, 1), fused);
  CHECK(relative_gap(fused.values, expected.values) < 1e-5);
}

TEST_CASE("consistency by noise: helps a rough result of a noisy pair, where plain consistency harms a good one") {
  TrainingPair example = small_example(20, 20, 9, 3);
  example.input.degradation.hsi_snr_db = example.input.degradation.msi_snr_db = 30;
  const Pair pair = simulate(example.target, example.input.degradation, 4);
  PairNoise noise;
  for (const double mean_square : mean_squares(example.target)) noise.hsi.push_back(std::sqrt(mean_square / 1000));
  const Cube msi = degrade_spectrally(example.target, pair.degradation.srf);
  for (const double mean_square : mean_squares(msi)) noise.msi.push_back(std::sqrt(mean_square / 1000));
  const auto error = [&](const Cube& fused) { return squared_distance(fused.values, example.target.values); };
  Cube rough = upsample_cubic(pair.hsi, 2), good = noisy(example.target, 0.1f), harmed = copy_of(good);
  const double rough_before = error(rough), good_before = error(good);
  make_consistent(pair, noise, rough);
  CHECK(error(rough) < rough_before);
  make_consistent(pair, harmed);
  CHECK(error(harmed) > 4 * good_before);
  make_consistent(pair, noise, good);
  CHECK(error(good) < 2 * good_before);
}

TEST_CASE("consistency by expected errors: what is missing goes where they are large") {
  const TrainingPair example = small_example(8, 8, 9, 2);
  const PairNoise none = constant_noise(example.input, 0, 0);
  const Index bands = example.target.bands();
  Cube even = noisy(example.target, 0.02f), once = copy_of(even);
  Tensor expected = Tensor(even.values.shape());
  for (Index i = 0; i < expected.size(); ++i) expected[i] = 0.3f;
  make_consistent(example.input, none, expected, 2, even);
  for (int round = 0; round < 2; ++round) make_consistent(example.input, none, once);
  CHECK(relative_gap(even.values, once.values) < 1e-5);

  // One pixel is wrong in all bands, and expected to be.
  Cube bright = copy_of(example.target), spread = bright;
  const Index at = (7 * example.target.cols() + 6) * bands;
  for (Index b = 0; b < bands; ++b) bright.values[at + b] += 1, expected[at + b] = 30;
  spread = copy_of(bright);
  make_consistent(example.input, none, expected, 3, bright);
  for (int round = 0; round < 3; ++round) make_consistent(example.input, none, spread);
  CHECK(squared_distance(bright.values, example.target.values) <
        0.2 * squared_distance(spread.values, example.target.values));

  CHECK(message_of<Error>([&] {
          make_consistent(example.input, none, Tensor({2, 2, bands}), 1, bright);
        }).find("make_consistent: expected errors of ") == 0);
}
