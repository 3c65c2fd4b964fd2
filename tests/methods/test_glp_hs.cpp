#include <doctest/doctest.h>

#include "methods/injection_checks.h"
#include "specfuse/methods/registry.h"

using namespace specfuse;
using namespace specfuse::testing;

TEST_CASE("glp_hs: recovers a scene whose bands are combinations of MSI bands, or of a pan band") {
  check_recovers_combinations(*make_method("glp_hs"));
}

TEST_CASE("glp_hs: constant images inject nothing") { check_constant_images(*make_method("glp_hs")); }

TEST_CASE("glp_hs: zero pixels and zero bands do no harm") { check_zero_pixels(*make_method("glp_hs")); }

TEST_CASE("glp_hs: stays better than up-sampling under noise, with six MSI bands and with one") {
  check_noise(*make_method("glp_hs"));
}

TEST_CASE("glp_hs: the gain is the slope of the up-sampled HSI on the smoothed MSI") {
  const SingleBands bands;
  const Line gain(bands.up_low, bands.up_hsi);
  Tensor expected = bands.up_hsi.clone();
  add_scaled(expected, bands.pair.msi.values, static_cast<float>(gain.slope));
  add_scaled(expected, bands.up_low, static_cast<float>(-gain.slope));
  CHECK(relative_gap(fuse(*make_method("glp_hs"), bands.pair).fused.values, expected) < 1e-5);
}
