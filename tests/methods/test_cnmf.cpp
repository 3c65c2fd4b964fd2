#include <doctest/doctest.h>

#include <memory>

#include "methods/mixtures.h"
#include "specfuse/core/error.h"
#include "specfuse/imaging/upsample.h"
#include "specfuse/methods/registry.h"
#include "specfuse/methods/shared/spectra.h"

using namespace specfuse;
using namespace specfuse::testing;

TEST_CASE("cnmf: recovers a scene of three materials that the MSI tells apart") {
  const std::vector<FieldSetting> options{{"endmembers", 3}};
  const TrainingPair example = mixed_example({});
  CHECK(relative_error(fuse(*make_method("cnmf", options), example.input).fused, example.target) < 0.02);
}

TEST_CASE("cnmf: recovers one material under changing light") {
  const std::vector<FieldSetting> options{{"endmembers", 1}, {"sum_to_one", 0}};
  Mixture mixture;
  mixture.materials = 1;
  mixture.shaded = true;
  const TrainingPair example = mixed_example(mixture);
  CHECK(relative_error(fuse(*make_method("cnmf", options), example.input).fused, example.target) < 1e-4);
}

TEST_CASE("cnmf: sum_to_one weighs as a band of that value, times the root of the number of bands") {
  // One endmember w gives the abundance (u |w| + a^2) / (|w|^2 + a^2) of a pixel of length u, so the level of the
  // result is a straight line over u, and a follows from its slope and intercept.
  const std::vector<FieldSetting> options{{"endmembers", 1}, {"sum_to_one", 0.7}};
  Mixture mixture;
  mixture.materials = 1;
  mixture.shaded = true;
  const TrainingPair example = mixed_example(mixture);
  const Cube fused = fuse(*make_method("cnmf", options), example.input).fused;
  const double intensity = intensity_of(example.input.hsi);
  const auto length = [&](const Cube& cube, Index pixel) {
    double squares = 0;
    for (Index b = 0; b < cube.bands(); ++b) {
      const double value = cube.values[pixel * cube.bands() + b] / intensity;
      squares += value * value;
    }
    return std::sqrt(squares);
  };
  // What the response makes of the length of the one material.
  const double seen = length(example.input.msi, 0) / length(example.target, 0);
  const double slope =
      (length(fused, 1) - length(fused, 0)) / (length(example.input.msi, 1) - length(example.input.msi, 0));
  const double intercept = length(fused, 0) - slope * length(example.input.msi, 0);
  const double share = slope * seen;
  const double anchor = intercept * seen / std::sqrt(share * (1 - share));
  CHECK(anchor == doctest::Approx(0.7 * std::sqrt(2.0)).epsilon(0.01));
}

TEST_CASE("cnmf: follows its seed") {
  Mixture mixture;
  mixture.materials = 4;
  const TrainingPair example = mixed_example(mixture);
  const auto fused = [&](std::uint64_t seed) {
    const std::unique_ptr<FusionMethod> method = make_method("cnmf", {{"endmembers", 3}});
    FitContext context;
    context.seed = seed;
    method->fit({}, context);
    return fuse(*method, example.input).fused.values;
  };
  CHECK(relative_gap(fused(1), fused(1)) == 0);
  CHECK(relative_gap(fused(1), fused(2)) > 0);
}

TEST_CASE("cnmf: a constant image stays constant, a black one black") {
  for (const float value : {700.0f, 0.0f}) {
    const TrainingPair example = constant_example(value);
    const Cube fused = fuse(*make_method("cnmf"), example.input).fused;
    for (Index i = 0; i < fused.values.size(); ++i) REQUIRE(fused.values[i] == doctest::Approx(value).epsilon(1e-3));
  }
}

TEST_CASE("cnmf: under noise it stays far below the error of up-sampling") {
  Mixture mixture;
  mixture.snr_db = 25;
  const TrainingPair example = mixed_example(mixture);
  const double up = relative_error(upsample_cubic(example.input.hsi, 2), example.target);
  const std::vector<FieldSetting> options{{"endmembers", 3}};
  const double error = relative_error(fuse(*make_method("cnmf", options), example.input).fused, example.target);
  CHECK(error < 0.6 * up);
}

TEST_CASE("cnmf: the same bits for any number of threads; wavelengths are kept" * doctest::test_suite("long")) {
  Mixture mixture;
  mixture.rows = 60;
  mixture.cols = 40;  // several blocks of pixels, coarse ones too
  mixture.snr_db = 30;
  TrainingPair example = mixed_example(mixture);
  example.input.hsi.wavelength_nm.assign(12, 500);
  CHECK(same_for_any_threads(*make_method("cnmf"), example.input));
  CHECK(fuse(*make_method("cnmf"), example.input).fused.wavelength_nm == example.input.hsi.wavelength_nm);
}

TEST_CASE("cnmf: fuses a single coarse pixel and refuses an unknown response") {
  Mixture mixture;
  mixture.rows = mixture.cols = 1;
  TrainingPair example = mixed_example(mixture);
  const Cube fused = fuse(*make_method("cnmf"), example.input).fused;
  CHECK(relative_error(fused, example.target) < 1e-2);
  example.input.degradation.srf = Tensor();
  CHECK_THROWS_WITH_AS(fuse(*make_method("cnmf"), example.input),
                       doctest::Contains("cnmf: expected the spectral response"), ConfigError);
}
