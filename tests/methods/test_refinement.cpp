#include <doctest/doctest.h>

#include "methods/mixtures.h"
#include "specfuse/core/error.h"
#include "specfuse/imaging/srf.h"
#include "specfuse/imaging/synthetic.h"
#include "specfuse/methods/registry.h"
#include "specfuse/methods/shared/consistency.h"
#include "specfuse/methods/shared/signal_subspace.h"
#include "specfuse/tensor/math.h"
#include "support/example.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

constexpr const char* kRefined[] = {"linear_injection", "local_injection", "fuse"};

/// The fused image of the method, learned from its own scale down.
Cube fused_by(const char* name, const std::vector<FieldSetting>& settings, const Pair& pair) {
  const auto method = make_method(name, settings);
  method->fit({{{degrade_pair(pair), pair.hsi}}, {}}, {});
  return fuse(*method, pair).fused;
}

}  // namespace

TEST_CASE("refinement: projections and then the subspace, at the end of each method that offers them") {
  const Pair pair = small_example(6, 8, 9, 3).input;
  for (const char* name : kRefined) {
    CAPTURE(name);
    Cube expected = fused_by(name, {}, pair);
    make_consistent(pair, expected);
    make_consistent(pair, expected);
    CHECK(relative_gap(fused_by(name, {{"projections", 2}}, pair).values, expected.values) == 0);
    CHECK(relative_gap(degrade_spectrally(expected, pair.degradation.srf).values, pair.msi.values) < 1e-5);
    project_on_signal(pair.hsi, expected);
    const Cube fused = fused_by(name, {{"projections", 2}, {"subspace", true}}, pair);
    CHECK(relative_gap(fused.values, expected.values) == 0);
  }
}

TEST_CASE("refinement: projections ask for the response, the subspace does not") {
  Pair unknown = small_example(6, 8, 9, 3).input;
  unknown.degradation.srf = Tensor();
  for (const char* name : kRefined) {
    CAPTURE(name);
    CHECK_THROWS_WITH_AS(make_method(name, {{"projections", 1}})->check({}, unknown), doctest::Contains("srf"),
                         ConfigError);
  }
  for (const char* name : {"linear_injection", "local_injection"}) {
    CHECK(all_finite(fused_by(name, {{"subspace", true}}, unknown).values));
  }
}

TEST_CASE("refinement: the subspace helps under noise, for any number of threads") {
  SyntheticOptions options;
  options.rows = options.cols = 48;
  options.bands = 60;
  const Cube scene = synthetic_scene(options);
  Degradation degradation;
  degradation.psf = make_psf(PsfOptions{}, 4);
  degradation.hsi_snr_db = degradation.msi_snr_db = 20;
  SrfOptions landsat;
  landsat.sensor = "landsat7";
  degradation.srf = make_srf(landsat, scene.wavelength_nm, 60);
  const Pair pair = simulate(scene, degradation, 1);
  for (const char* name : {"linear_injection", "local_injection"}) {
    CAPTURE(name);
    const double before = relative_error(fused_by(name, {}, pair), scene);
    CHECK(relative_error(fused_by(name, {{"subspace", true}}, pair), scene) < 0.9 * before);
  }
  CHECK(same_for_any_threads(*make_method("local_injection", {{"subspace", true}}), pair));
}
