#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "methods/mixtures.h"
#include "methods/plus_example.h"
#include "specfuse/core/error.h"
#include "specfuse/methods/shared/signal_subspace.h"
#include "specfuse/tensor/math.h"
#include "support/example.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

/// Sums of a few random spectra with random weights: as many signal directions as there are spectra.
Cube random_mixture(Index side, Index bands, Index materials) {
  Rng rng(3, stream_of("random mixture"));
  Tensor spectra({materials, bands});
  for (Index i = 0; i < spectra.size(); ++i) spectra[i] = rng.uniform(0, 100);
  Cube cube(side, side, bands);
  for (Index p = 0; p < cube.pixels(); ++p) {
    for (Index k = 0; k < materials; ++k) {
      const float share = rng.uniform();
      for (Index b = 0; b < bands; ++b) cube.values[p * bands + b] += share * spectra[k * bands + b];
    }
  }
  return cube;
}

/// Band b gets noise of this deviation.
double deviation_of(Index band) { return 0.5 + 0.1 * static_cast<double>(band); }

Cube with_noise(const Cube& cube, std::uint64_t seed, double scale = 1) {
  Rng rng(seed, stream_of("noise"));
  Cube noisy = cube;
  noisy.values = cube.values.clone();
  for (Index i = 0; i < noisy.values.size(); ++i) {
    noisy.values[i] += static_cast<float>(scale * deviation_of(i % cube.bands())) * rng.normal();
  }
  return noisy;
}

double mean_ratio(const std::vector<double>& noise) {
  double total = 0;
  for (std::size_t b = 0; b < noise.size(); ++b) total += noise[b] / deviation_of(static_cast<Index>(b));
  return total / static_cast<double>(noise.size());
}

}  // namespace

TEST_CASE("hsi noise: is what was added, whether pixels are many or few") {
  // The others' noise goes with the weights: on K bands, M materials cost a share of about M / K in variance.
  struct Case {
    Index side, materials, others;
  };
  for (const Case& test : {Case{24, 3, 44}, Case{8, 1, 6}}) {
    CAPTURE(test.side);
    const std::vector<double> noise = hsi_noise(with_noise(random_mixture(test.side, 45, test.materials), 1));
    const double cost = static_cast<double>(test.materials) / static_cast<double>(test.others);
    CHECK(mean_ratio(noise) == doctest::Approx(std::sqrt(1 + cost)).epsilon(0.03));
    for (std::size_t b = 0; b < noise.size(); ++b) {
      CHECK(noise[b] == doctest::Approx(deviation_of(static_cast<Index>(b))).epsilon(0.4));
    }
  }
}

TEST_CASE("hsi noise: is small without noise, and finite where there is little to see") {
  const Cube clean = random_mixture(24, 45, 3);
  for (const double value : hsi_noise(clean)) CHECK(value < 1e-3);
  Cube black_band = with_noise(clean, 1);
  for (Index p = 0; p < clean.pixels(); ++p) black_band.values[p * 45 + 7] = 0;
  const std::vector<double> noise = hsi_noise(black_band);
  CHECK(noise[7] < 1e-3);
  CHECK(noise[8] == doctest::Approx(deviation_of(8)).epsilon(0.2));
  for (const Index side : {1, 2, 9}) {
    for (const Index bands : {1, 2, 45}) {
      for (const float fill_value : {0.0f, 5.0f}) {
        Cube flat(side, side, bands);
        fill(flat.values, fill_value);
        for (const double value : hsi_noise(flat)) {
          CHECK(value > 0);
          CHECK(value < 1e-5);
        }
      }
    }
  }
}

TEST_CASE("noise of a pair: the MSI's is what its misfit has beyond the HSI's") {
  Mixture mixture;
  mixture.rows = mixture.cols = 40;
  TrainingPair example = mixed_example(mixture);
  Degradation& degradation = example.input.degradation;
  for (const double msi_snr : {20.0, 35.0}) {
    degradation.hsi_snr_db = msi_snr + 10;
    degradation.msi_snr_db = msi_snr;
    const Pair pair = simulate(example.target, degradation, 5);
    const PairNoise noise = noise_of(pair);
    const Cube clean = degrade_spectrally(example.target, degradation.srf);
    for (Index m = 0; m < 4; ++m) {
      double square = 0;
      for (Index p = 0; p < clean.pixels(); ++p) square += std::pow(double{clean.values[p * 4 + m]}, 2);
      const double added = std::sqrt(square / static_cast<double>(clean.pixels())) * std::pow(10, -msi_snr / 20);
      CHECK(noise.msi[static_cast<std::size_t>(m)] == doctest::Approx(added).epsilon(0.15));
    }
  }
  example.input.degradation.srf = Tensor();
  CHECK_THROWS_WITH_AS(noise_of(example.input), doctest::Contains("srf"), ConfigError);
}

TEST_CASE("noise of a pair: is no more than what the misfit of both holds") {
  TrainingPair example = plus_pair({16, 15, 24, 3, 2, 4});
  Degradation& degradation = example.input.degradation;
  // Neighbouring coarse pixels have nothing of a box in common: only the misfit sets a bound.
  PsfOptions box;
  box.type = "box";
  degradation.psf = make_psf(box, degradation.ratio);
  degradation.hsi_snr_db.reset();
  degradation.msi_snr_db.reset();
  const Pair clean = simulate(example.target, degradation, 0);
  const std::vector<double> claimed = hsi_noise(clean.hsi);
  PairNoise noise = noise_of(clean);
  for (std::size_t b = 0; b < 24; ++b) CHECK(noise.hsi[b] < 1e-2 * claimed[b]);
  for (const double value : noise.msi) CHECK(value < 0.1);

  // A misfit of 0.1, 0.2 and 0.4 in the three MSI bands: in units of what is claimed, the middle one counts.
  Pair off = clean;
  off.msi.values = clean.msi.values.clone();
  for (Index i = 0; i < off.msi.values.size(); ++i) off.msi.values[i] += 0.1f * static_cast<float>(1 << i % 3);
  noise = noise_of(off);
  std::vector<double> shares;
  for (Index m = 0; m < 3; ++m) {
    const double misfit = 0.1 * std::pow(2, m);
    CHECK(noise.msi[static_cast<std::size_t>(m)] ==
          doctest::Approx(misfit / std::sqrt(dot(degradation.psf, degradation.psf))).epsilon(1e-2));
    double square = 0;
    for (std::size_t b = 0; b < 24; ++b) {
      square += std::pow(degradation.srf[m * 24 + static_cast<Index>(b)] * claimed[b], 2);
    }
    shares.push_back(misfit / std::sqrt(square));
  }
  std::sort(shares.begin(), shares.end());
  REQUIRE(shares[1] < 0.5);
  for (std::size_t b = 0; b < 24; ++b) CHECK(noise.hsi[b] == doctest::Approx(shares[1] * claimed[b]).epsilon(1e-2));
}

TEST_CASE("noise of a pair: is what was added to the HSI, but nothing that passed the PSF") {
  TrainingPair example = plus_pair({24, 25, 24, 3, 2, 4});
  Degradation& degradation = example.input.degradation;
  // The misfit, full of noise of the MSI, sets no bound.
  degradation.msi_snr_db = 5;
  degradation.hsi_snr_db.reset();
  const auto pair = [&] { return simulate(example.target, degradation, 1); };
  const std::vector<double> noise = noise_of(pair()).hsi, claimed = hsi_noise(pair().hsi);
  for (std::size_t b = 0; b < 24; ++b) CHECK(noise[b] < 0.1 * claimed[b]);

  const Cube clean = pair().hsi;
  degradation.hsi_snr_db = 20;
  const std::vector<double> found = noise_of(pair()).hsi;
  double mean = 0;
  for (Index b = 0; b < 24; ++b) {
    double square = 0;
    for (Index p = 0; p < clean.pixels(); ++p) square += std::pow(double{clean.values[p * 24 + b]}, 2);
    mean += found[static_cast<std::size_t>(b)] / std::sqrt(square / static_cast<double>(clean.pixels()) / 100) / 24;
  }
  CHECK(mean == doctest::Approx(1).epsilon(0.15));
}

TEST_CASE("signal subspace: has as many directions as the scene, three at least, and no more than there are bands") {
  for (const Index materials : {1, 3, 7}) {
    const Cube hsi = with_noise(random_mixture(24, 45, materials), 1);
    const Matrix directions = signal_directions(hsi, hsi_noise(hsi));
    CHECK(directions.cols == std::max<Index>(materials, 3));
    const Matrix square = product_tn(directions, directions);
    for (Index i = 0; i < square.rows; ++i) {
      for (Index j = 0; j < square.cols; ++j) CHECK(square(i, j) == doctest::Approx(i == j).epsilon(1e-9));
    }
  }
  const Cube narrow = with_noise(random_mixture(24, 2, 2), 1);
  CHECK(signal_directions(narrow, hsi_noise(narrow)).cols == 2);
}

TEST_CASE("signal subspace: takes the noise of a candidate down by the root of its share of the bands") {
  const Index bands = 45, materials = 5;
  const Cube scene = random_mixture(32, bands, materials);
  const Cube hsi = with_noise(scene, 1, 0.1);
  Cube candidate = with_noise(scene, 2);
  const double before = squared_distance(candidate.values, scene.values);
  project_on_signal(hsi, candidate);
  const double after = squared_distance(candidate.values, scene.values);
  CHECK(std::sqrt(after / before) ==
        doctest::Approx(std::sqrt(static_cast<double>(materials) / static_cast<double>(bands))).epsilon(0.15));

  // What lies in the subspace stays, and so does everything where there are no more bands than directions.
  Cube again = candidate;
  again.values = candidate.values.clone();
  project_on_signal(hsi, again);
  CHECK(relative_gap(again.values, candidate.values) < 1e-5);
  Cube narrow = with_noise(random_mixture(24, 3, 3), 1);
  const Tensor kept = narrow.values.clone();
  project_on_signal(narrow, narrow);
  CHECK(relative_gap(narrow.values, kept) < 1e-5);
  CHECK_THROWS_WITH_AS(project_on_signal(hsi, narrow), "project_on_signal: expected 45 bands, got 3", Error);
}
