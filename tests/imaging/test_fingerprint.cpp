#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "specfuse/core/error.h"
#include "specfuse/core/rng.h"
#include "specfuse/imaging/fingerprint.h"

using namespace specfuse;

namespace {

/// Integers, as sensors count them.
Cube random_image(Index rows, Index cols, Index bands, std::uint64_t seed) {
  Cube cube(rows, cols, bands);
  Rng rng(seed);
  for (Index i = 0; i < cube.values.size(); ++i) cube.values[i] = static_cast<float>(1 + rng.below(4000));
  return cube;
}

Fingerprint of(const Cube& image) {
  Fingerprint print;
  print.add(image);
  return print;
}

Cube times(const Cube& image, float factor) {
  Cube result = image;
  result.values = image.values.clone();
  for (Index i = 0; i < result.values.size(); ++i) result.values[i] *= factor;
  return result;
}

}  // namespace

TEST_CASE("fingerprint: a small part of one of many large images is found, with some of its bands and rescaled") {
  Fingerprint seen;
  for (const std::uint64_t seed : {1u, 2u, 3u, 4u}) seen.add(random_image(120, 110, 100, seed));
  CHECK(seen.tensor().dim(0) == 6144);
  const Cube one = random_image(120, 110, 100, 3), part = crop(one, {70, 31, 20, 20});
  CHECK(of(one).share_in(seen) == 1);
  CHECK(of(part).share_in(seen) == 1);
  CHECK(of(crop_bands(part, 30, 60)).share_in(seen) == 1);
  CHECK(of(times(part, 1e-4f)).share_in(seen) > 0.9);
  CHECK(of(random_image(120, 110, 100, 5)).share_in(seen) == 0);
  CHECK(of(random_image(20, 20, 100, 5)).share_in(seen) == 0);
}

TEST_CASE("fingerprint: the share is that of the pixels that were seen") {
  const Cube image = random_image(40, 50, 30, 1);
  const Fingerprint seen = of(crop(image, {0, 0, 10, 50}));
  CHECK(of(image).share_in(seen) == doctest::Approx(0.25).epsilon(0.1));
  Cube masked = image;
  masked.valid.assign(static_cast<std::size_t>(image.pixels()), 1);
  std::fill_n(masked.valid.begin(), 500, std::uint8_t{0});
  CHECK(of(masked).share_in(seen) == 0);
  CHECK(seen.share_in(of(masked)) == 0);
  // One row in two hundred may be chance, and so may two spectra.
  CHECK(of(random_image(200, 20, 8, 2)).share_in(of(crop(random_image(200, 20, 8, 2), {7, 0, 1, 20}))) == 0);
  CHECK(of(crop(image, {0, 0, 1, 2})).share_in(of(crop_bands(image, 0, 8))) == 0);
}

TEST_CASE("fingerprint: fill, saturation and what is not above 0 tell nothing") {
  // How many runs of eight count where one of 17 values is replaced.
  const auto runs = [](Index band, float value) {
    Cube one(1, 1, 17);
    for (Index i = 0; i < 17; ++i) one.values[i] = static_cast<float>(100 + i * i);
    one.values[band] = value;
    const Fingerprint print = of(one);
    return print.empty() ? 0 : print.tensor().dim(0);
  };
  CHECK(runs(8, 164) == 10);  // as it was
  for (const float value : {0.0f, -5.0f, std::numeric_limits<float>::quiet_NaN(), INFINITY}) {
    CHECK(runs(8, value) == 2);
    CHECK(runs(0, value) == 9);
  }
  CHECK(runs(8, 101) == 9);   // what stands at band 1: the one run with both is gone
  CHECK(runs(8, 100) == 10);  // at band 0: no run has both
  CHECK(runs(8, 149) == 3);   // at band 7
  CHECK(of(Cube(10, 10, 16)).empty());
}

TEST_CASE("fingerprint: neither order nor parts nor repeated pixels change it, and a tensor keeps it") {
  const Cube image = random_image(100, 90, 20, 1);
  Fingerprint parts;
  parts.add(crop(image, {60, 0, 40, 90}));
  parts.add(crop(image, {0, 0, 70, 90}));
  parts.add(of(image));
  const Tensor one = of(image).tensor(), other = parts.tensor(), again = Fingerprint::from(one).tensor();
  REQUIRE((one.shape() == other.shape() && one.shape() == again.shape()));
  for (Index i = 0; i < one.size(); ++i) CHECK((one[i] == other[i] && one[i] == again[i]));
  CHECK_THROWS_AS(Fingerprint::from(Tensor({3, 3})), DataError);
  for (const float bad : {-1.0f, 0.5f, 16777216.0f, std::numeric_limits<float>::quiet_NaN()}) {
    CHECK_THROWS_AS(Fingerprint::from(Tensor::from({1, 2}, {0, bad})), DataError);
  }
}
