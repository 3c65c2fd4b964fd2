#include <algorithm>
#include <cmath>
#include <set>

#include "specfuse/core/error.h"
#include "specfuse/core/rng.h"
#include "specfuse/core/threads.h"
#include "specfuse/imaging/degrade.h"
#include "specfuse/imaging/psf.h"
#include "specfuse/imaging/srf.h"
#include "support/golden.h"
#include "support/random.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

Degradation gaussian(Index ratio, Boundary boundary = Boundary::symmetric) {
  Degradation degradation;
  degradation.ratio = ratio;
  degradation.psf = make_psf({}, ratio);
  degradation.boundary = boundary;
  return degradation;
}

/// Every band of `bands` as it is, so that simulate leaves the spectra alone.
Tensor same_bands(Index bands) {
  Tensor srf(Shape{bands, bands});
  for (Index i = 0; i < bands; ++i) srf[i * bands + i] = 1;
  return srf;
}

/// The values of a copy with noise of seed 1.
Tensor with_noise(Cube cube, double snr_db, std::uint64_t stream) {
  cube.values = cube.values.clone();
  add_noise(cube, snr_db, 1, stream);
  return cube.values;
}

}  // namespace

TEST_CASE("degrade: blurring agrees with NumPy for each ratio and boundary") {
  const Boundary symmetric = Boundary::symmetric, replicate = Boundary::replicate, circular = Boundary::circular;
  const auto check = [](const Cube& image, Index ratio, Boundary boundary, const std::array<double, 3>& golden) {
    check_digest(degrade_spatially(image, gaussian(ratio, boundary)).values, golden);
  };
  check(golden_image(4, 6, 3), 2, symmetric, {0.9675, 2.96375, 342.23375});
  check(golden_image(4, 6, 3), 2, circular, {1.69625, 2.921875, 341.13375});
  check(golden_image(3, 9, 7), 3, symmetric, {1.889721491, 3.654684687, 442.2072518});
  check(golden_image(3, 9, 7), 3, circular, {2.050916905, 3.666870537, 440.4641987});
  check(golden_image(4, 8, 5), 4, symmetric, {2.460101082, 3.014525196, 208.6180279});
  check(golden_image(4, 8, 5), 4, replicate, {2.40837373, 3.041333458, 209.5262242});
  check(golden_image(4, 8, 5), 4, circular, {2.588455273, 2.989889706, 207.6751824});
  check(golden_image(10, 5, 1), 5, symmetric, {2.598434767, 3.111496764, 27.49040888});
  check(golden_image(10, 5, 1), 5, replicate, {2.520291313, 3.08816539, 27.22561443});
  check(golden_image(10, 5, 1), 5, circular, {2.704004061, 3.005927469, 26.75142381});
}

TEST_CASE("degrade: a lopsided kernel lies over the image as it stands") {
  Tensor kernel(Shape{4, 4});
  for (Index i = 0; i < 16; ++i) kernel[i] = static_cast<float>(i + 1);
  Degradation degradation = gaussian(2);
  degradation.psf = normalized_psf(kernel, 2);
  check_digest(degrade_spatially(golden_image(4, 6, 3), degradation).values, {1.814797794, 3.442555147, 351.9967831});
}

TEST_CASE("degrade: a PSF much larger than the image folds more than once") {
  Degradation degradation;
  degradation.ratio = 2;
  degradation.psf = Tensor(Shape{14, 14});
  degradation.psf[0] = 1;  // six pixels up and left of the block
  const Cube image = golden_image(2, 2, 1);
  CHECK(degrade_spatially(image, degradation).values[0] == image.pixel(1, 1)[0]);
  degradation.boundary = Boundary::circular;
  CHECK(degrade_spatially(image, degradation).values[0] == image.pixel(0, 0)[0]);
}

TEST_CASE("degrade: sizes that do not fit are refused") {
  CHECK_THROWS_AS(degrade_spatially(golden_image(4, 5, 1), gaussian(2)), Error);
  Degradation mixed = gaussian(3);
  mixed.ratio = 2;
  CHECK_THROWS_AS(degrade_spatially(golden_image(4, 4, 1), mixed), Error);
  CHECK_THROWS_AS(degrade_spatially(golden_image(4, 4, 1), Degradation{}), Error);
  CHECK_THROWS_AS(degrade_spectrally(golden_image(1, 1, 3), same_bands(2)), Error);
  CHECK_THROWS_AS(simulate(golden_image(4, 4, 1), gaussian(2), 0), Error);
}

TEST_CASE("degrade: the response agrees with NumPy and its wavelengths are weighted means") {
  Cube image = golden_image(3, 5, 106);
  for (int i = 0; i < 106; ++i) image.wavelength_nm.push_back(400 + 20 * i);
  SrfOptions options;
  options.sensor = "landsat7";
  const Cube msi = degrade_spectrally(image, make_srf(options, image.wavelength_nm, 106));
  check_digest(msi.values, {3.104166667, 2.8125, 2041.212798});
  REQUIRE(msi.wavelength_nm.size() == 6);
  CHECK(msi.wavelength_nm[0] == doctest::Approx(480));  // 460, 480, 500
}

TEST_CASE("degrade: noise has the variance that the ratio asks for, band by band") {
  Cube image = golden_image(3, 5, 7);
  // 64 x 64 copies of the image, so that the sample variance is known to 1.2 %.
  Cube clean(192, 320, 7);
  for (Index r = 0; r < 192; ++r) {
    for (Index c = 0; c < 320; ++c) std::copy_n(image.pixel(r % 3, c % 5), 7, clean.pixel(r, c));
  }
  Cube noisy = clean;
  noisy.values = clean.values.clone();
  add_noise(noisy, 20, 3, 4);
  std::vector<double> squares(7), sums(7);
  for (Index i = 0; i < clean.values.size(); ++i) {
    const double difference = double{noisy.values[i]} - double{clean.values[i]};
    sums[static_cast<std::size_t>(i % 7)] += difference;
    squares[static_cast<std::size_t>(i % 7)] += difference * difference;
  }
  for (double& value : squares) value = std::sqrt(value / (192 * 320));
  CHECK(squares[0] == doctest::Approx(0.283858276).epsilon(0.02));
  CHECK(squares[6] == doctest::Approx(0.3664156338).epsilon(0.02));
  for (const double sum : sums) CHECK(std::abs(sum / (192 * 320)) < 0.01);
}

TEST_CASE("degrade: noise is a function of seed and stream, whatever the number of threads") {
  const auto noisy = [](std::uint64_t seed, std::uint64_t stream) {
    Cube cube = golden_image(17, 3, 5);
    add_noise(cube, 10, seed, stream);
    return cube.values;
  };
  const int before = threads();
  set_threads(1);
  const Tensor one = noisy(1, 2);
  set_threads(3);
  CHECK(equal(one, noisy(1, 2)));
  set_threads(before);
  CHECK_FALSE(equal(one, noisy(2, 2)));
  CHECK_FALSE(equal(one, noisy(1, 3)));
}

TEST_CASE("degrade: no two values of an image share a random number") {
  Cube cube(3, 4, 5);
  std::fill_n(cube.values.data(), cube.values.size(), 1.0f);
  add_noise(cube, 0, 1, 2);
  const std::set<float> values(cube.values.data(), cube.values.data() + cube.values.size());
  CHECK(values.size() == 60);
}

TEST_CASE("degrade: simulate adds noise only where asked, from a stream of its own for each image") {
  Degradation degradation = gaussian(2);
  degradation.srf = same_bands(3);
  const Cube reference = golden_image(4, 6, 3);
  const Pair clean = simulate(reference, degradation, 1);
  CHECK(equal(clean.msi.values, reference.values));
  CHECK(equal(clean.hsi.values, degrade_spatially(reference, degradation).values));
  degradation.hsi_snr_db = 30;
  const Pair noisy = simulate(reference, degradation, 1);
  CHECK(equal(noisy.msi.values, reference.values));
  CHECK(equal(noisy.hsi.values, with_noise(clean.hsi, 30, stream_of("noise.hsi"))));
  degradation.hsi_snr_db.reset();
  degradation.msi_snr_db = 30;
  const Pair fine = simulate(reference, degradation, 1);
  CHECK(equal(fine.hsi.values, clean.hsi.values));
  CHECK(equal(fine.msi.values, with_noise(clean.msi, 30, stream_of("noise.msi"))));
  degradation.hsi_snr_db = 40;
  const Pair both = simulate(reference, degradation, 1);
  CHECK(equal(both.hsi.values, with_noise(clean.hsi, 40, stream_of("noise.hsi"))));
  CHECK(equal(both.msi.values, with_noise(clean.msi, 30, stream_of("noise.msi"))));
}

TEST_CASE("degrade: a shifted msi agrees with NumPy, and a whole shift moves pixels") {
  Degradation degradation = gaussian(3);
  degradation.srf = same_bands(7);
  degradation.msi_shift = {0.3, -1.25};
  const auto shifted = [&](Boundary boundary, const Cube& image) {
    degradation.boundary = boundary;
    return simulate(image, degradation, 0).msi;
  };
  const Cube image = golden_image(3, 6, 7);
  check_digest(shifted(Boundary::symmetric, image).values, {0.2428936447, 5.499930179, 2653.632944});
  check_digest(shifted(Boundary::replicate, image).values, {0.08128391088, 5.575697994, 2671.577856});
  check_digest(shifted(Boundary::circular, image).values, {6.064632534, 4.233114534, 2741.526209});
  degradation.msi_shift = {1, 2};
  CHECK(shifted(Boundary::symmetric, image).pixel(0, 1)[4] == image.pixel(1, 3)[4]);
}

TEST_CASE("degrade: a pair goes one scale down, cropped at its end where it must be") {
  Degradation degradation = gaussian(2);
  degradation.srf = same_bands(2);
  const Pair pair = simulate(golden_image(6, 8, 2), degradation, 0);  // hsi 3 x 4
  const Pair coarse = degrade_pair(pair);
  CHECK(coarse.hsi.values.shape() == Shape{1, 2, 2});
  CHECK(coarse.msi.values.shape() == Shape{2, 4, 2});
  CHECK(equal(coarse.hsi.values, degrade_spatially(crop(pair.hsi, {0, 0, 2, 4}), degradation).values));
  CHECK(equal(coarse.msi.values, degrade_spatially(crop(pair.msi, {0, 0, 4, 8}), degradation).values));
  CHECK_THROWS_AS(degrade_pair(degrade_pair(pair)), Error);
}
