#include <doctest/doctest.h>

#include "methods/injection_checks.h"
#include "specfuse/methods/registry.h"

using namespace specfuse;
using namespace specfuse::testing;

TEST_CASE("sfim_hs: recovers a scene whose bands are combinations of MSI bands, or of a pan band") {
  check_recovers_combinations(*make_method("sfim_hs"));
}

TEST_CASE("sfim_hs: constant images inject nothing") { check_constant_images(*make_method("sfim_hs")); }

TEST_CASE("sfim_hs: zero pixels and zero bands do no harm") { check_zero_pixels(*make_method("sfim_hs")); }

TEST_CASE("sfim_hs: stays better than up-sampling under noise, with six MSI bands and with one") {
  check_noise(*make_method("sfim_hs"));
}

TEST_CASE("sfim_hs: multiplies the up-sampled HSI with the synthesised band over its smoothed self") {
  const SingleBands bands;
  const Line synthesis(bands.low.values, bands.pair.hsi.values);
  const auto synthesised = [&](float msi) { return synthesis.slope * double{msi} + synthesis.intercept; };
  Tensor expected = bands.up_hsi.clone();
  for (Index i = 0; i < expected.size(); ++i) {
    const double ratio = synthesised(bands.pair.msi.values[i]) / synthesised(bands.up_low[i]);
    REQUIRE(ratio > 0);
    REQUIRE(synthesised(bands.up_low[i]) > 0.5 * double{bands.up_hsi[i]});
    expected[i] = static_cast<float>(double{expected[i]} * ratio);
  }
  CHECK(relative_gap(fuse(*make_method("sfim_hs"), bands.pair).fused.values, expected) < 1e-5);
}

TEST_CASE("sfim_hs: values around zero stay bounded by the synthesised detail and do not turn negative") {
  SingleBands bands;
  for (Tensor* values : {&bands.pair.hsi.values, &bands.pair.msi.values}) {
    const float mean = static_cast<float>(sum(*values) / static_cast<double>(values->size()));
    for (Index i = 0; i < values->size(); ++i) (*values)[i] -= mean;
  }
  const Cube low = degrade_spatially(bands.pair.msi, bands.pair.degradation);
  const Line synthesis(low.values, bands.pair.hsi.values);
  const Cube smooth = upsample_cubic(low, 2), coarse = upsample_cubic(bands.pair.hsi, 2);
  const Cube fused = fuse(*make_method("sfim_hs"), bands.pair).fused;
  Index poles = 0, clipped = 0;
  for (Index i = 0; i < fused.values.size(); ++i) {
    const double p = synthesis.slope * double{bands.pair.msi.values[i]} + synthesis.intercept;
    const double p_smooth = synthesis.slope * double{smooth.values[i]} + synthesis.intercept;
    const double hsi = double{coarse.values[i]};
    REQUIRE(std::abs(double{fused.values[i]} - hsi) <= 2 * std::abs(p - p_smooth) + 1e-3);
    poles += p_smooth > 0 && std::abs(hsi) > 3 * p_smooth;
    if (p_smooth > 0 && hsi > 0) {
      REQUIRE(fused.values[i] > -1e-3f);
      clipped += p < -1;
    }
  }
  // The image does test both.
  CHECK(poles > 0);
  CHECK(clipped > 0);
}

TEST_CASE("sfim_hs: recovers a scene that lies below zero altogether") {
  TrainingPair example = combined_example(6, 5, 4, 2);
  for (Tensor* values : {&example.input.hsi.values, &example.target.values}) {
    for (Index i = 0; i < values->size(); ++i) (*values)[i] -= 5000.0f;
  }
  CHECK(relative_gap(fuse(*make_method("sfim_hs"), example.input).fused.values, example.target.values) < 1e-6);
}
