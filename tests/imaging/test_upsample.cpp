#include <algorithm>
#include <cmath>

#include "specfuse/core/error.h"
#include "specfuse/imaging/psf.h"
#include "specfuse/imaging/shift.h"
#include "specfuse/imaging/upsample.h"
#include "support/golden.h"

using namespace specfuse;

TEST_CASE("upsample: it agrees with NumPy for even and odd ratios") {
  check_digest(upsample_cubic(golden_image(3, 5, 7), 2).values, {-0.02446365356, 6.361278534, 8906.269718});
  check_digest(upsample_cubic(golden_image(3, 5, 7), 3).values, {-0.02906378601, 6.380658436, 20394.36814});
  check_digest(upsample_cubic(golden_image(2, 3, 1), 4).values, {-0.02804690599, 2.633757293, 776.3033201});
  check_digest(upsample_cubic(golden_image(1, 2, 3), 5).values, {0.004, 5.2285, 2528.251});
}

TEST_CASE("upsample: an odd ratio keeps the coarse values at the centres of their blocks") {
  const Cube coarse = golden_image(3, 4, 2), fine = upsample_cubic(coarse, 3);
  for (Index row = 0; row < 3; ++row) {
    for (Index col = 0; col < 4; ++col) CHECK(fine.pixel(3 * row + 1, 3 * col + 1)[1] == coarse.pixel(row, col)[1]);
  }
}

TEST_CASE("upsample: a part equals the crop of the whole, bit for bit") {
  const Cube coarse = golden_image(4, 5, 3);
  const Cube whole = upsample_cubic(coarse, 4);
  for (const Rectangle& part : {Rectangle{0, 0, 16, 20}, Rectangle{3, 7, 5, 6}, Rectangle{15, 19, 1, 1}}) {
    const Tensor expected = crop(whole, part).values, got = upsample_cubic(coarse, 4, part).values;
    REQUIRE(got.shape() == expected.shape());
    CHECK(std::equal(got.data(), got.data() + got.size(), expected.data()));
  }
}

TEST_CASE("upsample: what a PSF beside its pixels saw is put back where it saw it") {
  // Low frequencies alone, which up-sampling keeps.
  Cube scene(64, 48, 2);
  for (Index p = 0; p < scene.pixels(); ++p) {
    const double row = static_cast<double>(p / 48), col = static_cast<double>(p % 48);
    scene.values[2 * p] = static_cast<float>(100 + 10 * std::sin(0.15 * row) + 10 * std::cos(0.11 * col));
    scene.values[2 * p + 1] = static_cast<float>(row + col);
  }
  Degradation degradation;
  degradation.ratio = 4;
  const Tensor straight = make_psf({}, 4);
  degradation.psf = straight;
  const auto error = [&](const CoarseGrid& grid) {
    const Cube fine = upsample_cubic(degrade_spatially(scene, degradation), grid);
    double sum = 0;
    for (Index row = 12; row < 52; ++row) {
      for (Index col = 12; col < 36; ++col)
        sum += std::pow(double{fine.pixel(row, col)[0]} - double{scene.pixel(row, col)[0]}, 2);
    }
    return std::sqrt(sum / (40 * 24));
  };
  const double least = error(Index{4});
  CHECK(CoarseGrid(degradation).offset == std::array<double, 2>{});
  for (const std::array<double, 2> shift : {std::array{1.4, -0.8}, {-5.5, 6.25}}) {
    degradation.psf = moved_psf(straight, shift, moved_psf_size(straight, shift));
    CHECK(error(degradation) < 1.2 * least);
    CHECK(error(Index{4}) > 3 * least);
  }
  // The ramp is itself wherever it was seen.
  const Cube fine = upsample_cubic(degrade_spatially(scene, degradation), degradation);
  CHECK(fine.pixel(30, 20)[1] == doctest::Approx(50).epsilon(0.002));
  const Cube part = upsample_cubic(degrade_spatially(scene, degradation), degradation, {13, 7, 22, 9});
  const Tensor expected = crop(fine, {13, 7, 22, 9}).values;
  CHECK(std::equal(expected.data(), expected.data() + expected.size(), part.values.data()));
}

TEST_CASE("upsample: wavelengths and attributes come along, parts outside are refused") {
  Cube coarse = golden_image(1, 1, 2);
  coarse.wavelength_nm = {500, 600};
  coarse.attributes = {{"sensor", "x"}};
  const Cube fine = upsample_cubic(coarse, 2);
  CHECK(fine.wavelength_nm == coarse.wavelength_nm);
  CHECK(fine.attributes == coarse.attributes);
  CHECK(fine.pixel(1, 1)[1] == coarse.pixel(0, 0)[1]);
  CHECK_THROWS_AS(upsample_cubic(coarse, 2, {1, 0, 2, 1}), Error);
  CHECK_THROWS_AS(upsample_cubic(coarse, 0), Error);
}
