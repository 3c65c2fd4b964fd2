#include <doctest/doctest.h>

#include "methods/mixtures.h"
#include "specfuse/core/error.h"
#include "specfuse/imaging/upsample.h"
#include "specfuse/methods/registry.h"

using namespace specfuse;
using namespace specfuse::testing;

TEST_CASE("hysure: recovers a scene of three materials that the MSI tells apart") {
  const std::vector<FieldSetting> options{{"dimension", 3}, {"total_variation", 1e-6}};
  const TrainingPair example = mixed_example({});
  CHECK(relative_error(fuse(*make_method("hysure", options), example.input).fused, example.target) < 1e-2);
}

TEST_CASE("hysure: recovers one material under changing light") {
  const std::vector<FieldSetting> options{{"dimension", 1}, {"total_variation", 1e-6}};
  Mixture mixture;
  mixture.materials = 1;
  mixture.shaded = true;
  const TrainingPair example = mixed_example(mixture);
  CHECK(relative_error(fuse(*make_method("hysure", options), example.input).fused, example.target) < 1e-3);
}

TEST_CASE("hysure: a constant image stays constant, a black one black") {
  for (const float value : {700.0f, 0.0f}) {
    const TrainingPair example = constant_example(value);
    const Cube fused = fuse(*make_method("hysure"), example.input).fused;
    for (Index i = 0; i < fused.values.size(); ++i) REQUIRE(fused.values[i] == doctest::Approx(value).epsilon(1e-3));
  }
}

TEST_CASE("hysure: under noise it stays far below the error of up-sampling") {
  Mixture mixture;
  mixture.snr_db = 25;
  const TrainingPair example = mixed_example(mixture);
  const double up = relative_error(upsample_cubic(example.input.hsi, 2), example.target);
  const std::vector<FieldSetting> options{{"dimension", 3}, {"total_variation", 0.1}};
  const double error = relative_error(fuse(*make_method("hysure", options), example.input).fused, example.target);
  CHECK(error < 0.6 * up);
}

TEST_CASE("hysure: the same bits for any number of threads; wavelengths are kept" * doctest::test_suite("long")) {
  Mixture mixture;
  mixture.rows = 60;
  mixture.cols = 40;  // several blocks of pixels, coarse ones too
  mixture.snr_db = 30;
  TrainingPair example = mixed_example(mixture);
  example.input.hsi.wavelength_nm.assign(12, 500);
  CHECK(same_for_any_threads(*make_method("hysure"), example.input));
  CHECK(fuse(*make_method("hysure"), example.input).fused.wavelength_nm == example.input.hsi.wavelength_nm);
}

TEST_CASE("hysure: fuses a single coarse pixel and refuses an unknown response") {
  Mixture mixture;
  mixture.rows = mixture.cols = 1;
  TrainingPair example = mixed_example(mixture);
  const Cube fused = fuse(*make_method("hysure"), example.input).fused;
  CHECK(relative_error(fused, example.target) < 1e-2);
  example.input.degradation.srf = Tensor();
  CHECK_THROWS_WITH_AS(fuse(*make_method("hysure"), example.input), doctest::Contains("expected the spectral response"),
                       ConfigError);
}
