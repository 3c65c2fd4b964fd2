#include <algorithm>
#include <cmath>

#include "specfuse/core/buffer.h"
#include "specfuse/core/error.h"
#include "specfuse/core/threads.h"
#include "specfuse/imaging/degrade.h"
#include "specfuse/imaging/psf.h"
#include "specfuse/imaging/synthetic.h"
#include "specfuse/imaging/upsample.h"
#include "specfuse/metrics/metrics.h"
#include "specfuse/tensor/math.h"
#include "support/golden.h"
#include "support/random.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

SyntheticOptions of_size(Index rows, Index cols, Index bands) {
  SyntheticOptions options;
  options.rows = rows;
  options.cols = cols;
  options.bands = bands;
  return options;
}

/// How many directions the spectra span: pixels left over by the ones before count where more than 1e-4 remains.
int rank_of(const Cube& cube) {
  std::vector<std::vector<double>> basis;
  for (Index pixel = 0; pixel < cube.pixels(); ++pixel) {
    const float* in = cube.pixel(pixel / cube.cols(), pixel % cube.cols());
    std::vector<double> rest(in, in + cube.bands());
    const auto dot = [&](const std::vector<double>& x) {
      double total = 0;
      for (std::size_t b = 0; b < rest.size(); ++b) total += x[b] * rest[b];
      return total;
    };
    const double norm = std::sqrt(dot(rest));
    for (const auto& axis : basis) {
      const double along = dot(axis);
      for (std::size_t b = 0; b < rest.size(); ++b) rest[b] -= along * axis[b];
    }
    const double left = std::sqrt(dot(rest));
    if (left < 1e-4 * norm) continue;
    for (double& value : rest) value /= left;
    basis.push_back(rest);
  }
  return static_cast<int>(basis.size());
}

}  // namespace

TEST_CASE("synthetic: every size from one pixel up is finite, positive and below twice full reflectance") {
  for (const auto& [rows, cols, bands] : {std::array<Index, 3>{1, 1, 1}, {3, 5, 7}, {1, 200, 2}, {65, 33, 162}}) {
    const Cube scene = synthetic_scene(of_size(rows, cols, bands));
    REQUIRE(scene.values.shape() == Shape{rows, cols, bands});
    CHECK(static_cast<Index>(scene.wavelength_nm.size()) == bands);
    CHECK(std::all_of(scene.values.data(), scene.values.data() + scene.values.size(),
                      [](float value) { return value > 0 && value < 20000; }));
  }
}

TEST_CASE("synthetic: the bands increase and leave out what water vapour closes") {
  const Cube scene = synthetic_scene(of_size(1, 1, 162));
  CHECK(std::is_sorted(scene.wavelength_nm.begin(), scene.wavelength_nm.end()));
  CHECK(scene.wavelength_nm.front() >= 400);
  CHECK(scene.wavelength_nm.back() <= 2450);
  for (const double at : scene.wavelength_nm) {
    CHECK_FALSE((at > 1340 && at < 1450));
    CHECK_FALSE((at > 1790 && at < 1970));
  }
  CHECK(synthetic_scene({}).bands() == 162);
}

TEST_CASE("synthetic: a scene is a function of its options, whatever the number of threads") {
  const int before = threads();
  set_threads(1);
  const Cube one = synthetic_scene(of_size(19, 23, 11));
  set_threads(3);
  const Cube three = synthetic_scene(of_size(19, 23, 11));
  set_threads(before);
  CHECK(equal(one.values, three.values));
  SyntheticOptions other = of_size(19, 23, 11);
  other.seed = 1;
  CHECK_FALSE(equal(one.values, synthetic_scene(other).values));
}

TEST_CASE("synthetic: a scene stays what it is from version to version") {
  // Results of others refer to it by its options alone. Values of the first version with eight materials.
  const Cube cube = synthetic_scene(of_size(160, 150, 12));
  const std::vector<std::pair<Index, float>> known{{0, 551.265f},     {12345, 2552.98f},  {54321, 2974.52f},
                                                   {111111, 5343.5f}, {200000, 5873.79f}, {287999, 1371.89f}};
  for (const auto& [at, value] : known) CHECK(cube.values[at] == doctest::Approx(value).epsilon(1e-4));
  CHECK(sum(cube.values) == doctest::Approx(7.02433e8).epsilon(1e-5));
}

TEST_CASE("synthetic: absorptions lie where the materials have them") {
  struct Feature {
    const char* name;
    double left, centre, right, depth;
  };
  const Feature features[] = {{"chlorophyll", 555, 675, 780, 0.9},
                              {"leaf water", 1090, 1190, 1270, 0.2},
                              {"hematite", 750, 865, 1000, 0.3},
                              {"clay minerals", 2120, 2207, 2260, 0.3},
                              {"calcite", 2270, 2340, 2400, 0.3}};
  SyntheticOptions options;
  options.rows = options.cols = 128;
  for (const Feature& feature : features) {
    options.wavelength_nm.insert(options.wavelength_nm.end(), {feature.left, feature.centre, feature.right});
  }
  const Cube scene = synthetic_scene(options);
  for (Index f = 0; f < 5; ++f) {
    float deepest = 0;
    for (Index pixel = 0; pixel < scene.pixels(); ++pixel) {
      const float* at = scene.values.data() + pixel * scene.bands() + 3 * f;
      deepest = std::max(deepest, 1 - 2 * at[1] / (at[0] + at[2]));
    }
    CAPTURE(features[f].name);
    CHECK(deepest > features[f].depth);
  }
}

TEST_CASE("synthetic: the spectra span no more than the materials, until they vary") {
  SyntheticOptions options = of_size(40, 40, 20);
  options.materials = 3;
  options.variability = 0;
  CHECK(rank_of(synthetic_scene(options)) == 3);
  options.variability = 1;
  CHECK(rank_of(synthetic_scene(options)) > 6);
}

TEST_CASE("synthetic: neighbouring pixels always differ") {
  const Cube scene = synthetic_scene(of_size(64, 64, 5));
  for (Index row = 0; row < 64; ++row) {
    for (Index col = 1; col < 64; ++col) {
      REQUIRE_FALSE(std::equal(scene.pixel(row, col), scene.pixel(row, col) + 5, scene.pixel(row, col - 1)));
    }
  }
}

TEST_CASE("synthetic: cubic up-sampling loses as much as on real scenes") {
  Degradation degradation;
  degradation.psf = make_psf({}, 4);
  const Cube scene = synthetic_scene(of_size(128, 128, 30));
  const Cube blurred = upsample_cubic(degrade_spatially(scene, degradation), 4);
  const double psnr_db = evaluate(scene, blurred, 4).values.front().value;
  CHECK(psnr_db > 21);
  CHECK(psnr_db < 26);
}

TEST_CASE("synthetic: options outside their ranges are refused") {
  SyntheticOptions huge = of_size(1000000, 1000000, 1000);
  CHECK_THROWS_WITH_AS(
      synthetic_scene(huge),
      doctest::Contains(
          concat("fits into the ", memory_bytes() / 1e9, " GB of memory here, got one of 4e+06 GB").c_str()),
      ConfigError);
  const auto refused = [](auto set) {
    SyntheticOptions options;
    set(options);
    CHECK_THROWS_AS(synthetic_scene(options), ConfigError);
  };
  refused([](SyntheticOptions& o) { o.rows = 0; });
  refused([](SyntheticOptions& o) { o.cols = 0; });
  refused([](SyntheticOptions& o) { o.bands = 0; });
  refused([](SyntheticOptions& o) { o.materials = 0; });
  refused([](SyntheticOptions& o) { o.materials = 9; });
  refused([](SyntheticOptions& o) { o.wavelength_nm = {500}, o.bands = 1; });
}
