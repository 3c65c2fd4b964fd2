#include <doctest/doctest.h>

#include "specfuse/core/error.h"
#include "specfuse/imaging/cube.h"
#include "specfuse/imaging/training_data.h"
#include "support/example.h"
#include "support/random.h"

using namespace specfuse;
using namespace specfuse::testing;

TEST_CASE("band_means: over all pixels, one for each band") {
  Cube cube(1, 2, 3);
  for (Index i = 0; i < 6; ++i) cube.values[i] = static_cast<float>(i * i);
  CHECK(band_means(cube) == std::vector<double>{4.5, 8.5, 14.5});
}

TEST_CASE("crop_bands: takes bands with their wavelengths") {
  Cube cube(2, 1, 4);
  for (Index i = 0; i < 8; ++i) cube.values[i] = static_cast<float>(i);
  cube.attributes["sensor"] = std::string("made up");
  CHECK(crop_bands(cube, 0, 4).wavelength_nm.empty());
  cube.wavelength_nm = {10, 20, 30, 40};
  const Cube part = crop_bands(cube, 1, 2);
  CHECK(part.values.shape() == Shape{2, 1, 2});
  CHECK(std::vector<float>(part.values.data(), part.values.data() + 4) == std::vector<float>{1, 2, 5, 6});
  CHECK(part.wavelength_nm == std::vector<double>{20, 30});
  CHECK(part.attributes == cube.attributes);
  CHECK(relative_gap(crop_bands(cube, 0, 4).values, cube.values) == 0);
  for (const auto& [first, count] : {std::pair<Index, Index>{-1, 2}, {0, 0}, {0, 5}, {3, 2}}) {
    CHECK_THROWS_WITH_AS(crop_bands(cube, first, count), doctest::Contains("expected some of 4 bands"), Error);
  }
}

TEST_CASE("lower_scale: the pair degraded once more, and the HSI cut to it") {
  const TrainingPair example = small_example(7, 6, 5, 2);
  const TrainingPair lower = lower_scale(example.input);
  CHECK(relative_gap(lower.input.hsi.values, degrade_pair(example.input).hsi.values) == 0);
  CHECK(relative_gap(lower.input.msi.values, degrade_pair(example.input).msi.values) == 0);
  CHECK(lower.target.values.shape() == Shape{6, 6, 5});
  CHECK(relative_gap(lower.target.values, crop(example.input.hsi, {0, 0, 6, 6}).values) == 0);
}
