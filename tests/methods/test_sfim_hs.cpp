#include <doctest/doctest.h>

#include "methods/injection_checks.h"
#include "specfuse/methods/sfim_hs.h"

using namespace specfuse;
using namespace specfuse::testing;

TEST_CASE("sfim_hs: recovers a scene whose bands are combinations of MSI bands, or of a pan band") {
  check_recovers_combinations(SfimHs({}));
}

TEST_CASE("sfim_hs: constant images inject nothing") { check_constant_images(SfimHs({})); }

TEST_CASE("sfim_hs: zero pixels and zero bands do no harm") { check_zero_pixels(SfimHs({})); }

TEST_CASE("sfim_hs: stays better than up-sampling under noise, with six MSI bands and with one") {
  check_noise(SfimHs({}));
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
  CHECK(relative_gap(SfimHs({}).fuse(bands.pair).values, expected) < 1e-5);
}

TEST_CASE("sfim_hs: where the smoothed band is close to zero or negative, detail is added and not multiplied") {
  SingleBands bands;
  // Values around zero, so that quotients have poles everywhere.
  for (Tensor* values : {&bands.pair.hsi.values, &bands.pair.msi.values}) {
    const float mean = static_cast<float>(sum(*values) / static_cast<double>(values->size()));
    for (Index i = 0; i < values->size(); ++i) (*values)[i] -= mean;
  }
  const Cube fused = SfimHs({}).fuse(bands.pair);
  CHECK(max_abs(fused.values) < 3 * max_abs(bands.pair.msi.values));

  // And a scene that lies below zero altogether is still recovered.
  TrainingPair example = combined_example(6, 5, 4, 2);
  for (Tensor* values : {&example.input.hsi.values, &example.target.values}) {
    for (Index i = 0; i < values->size(); ++i) (*values)[i] -= 5000.0f;
  }
  CHECK(max_abs(example.target.values) > 3000);
  CHECK(relative_gap(SfimHs({}).fuse(example.input).values, example.target.values) < 1e-6);
}
