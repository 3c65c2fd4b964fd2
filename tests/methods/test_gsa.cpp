#include <doctest/doctest.h>

#include "methods/injection_checks.h"
#include "specfuse/methods/registry.h"

using namespace specfuse;
using namespace specfuse::testing;

TEST_CASE("gsa: recovers a scene whose bands are combinations of MSI bands, or of a pan band") {
  check_recovers_combinations(*make_method("gsa"));
}

TEST_CASE("gsa: constant images inject nothing") { check_constant_images(*make_method("gsa")); }

TEST_CASE("gsa: zero pixels and zero bands do no harm") { check_zero_pixels(*make_method("gsa")); }

TEST_CASE("gsa: stays better than up-sampling under noise, with six MSI bands and with one") {
  check_noise(*make_method("gsa"));
}

TEST_CASE("gsa: the intensity is regressed on the HSI, so one band of each gives the MSI in the units of the HSI") {
  // I = a h + b fits the degraded MSI, the gain is 1 / a: up(h) + (m - up(a h + b)) / a = (m - b) / a.
  const SingleBands bands;
  const Line intensity(bands.pair.hsi.values, bands.low.values);
  Tensor expected = bands.pair.msi.values.clone();
  for (Index i = 0; i < expected.size(); ++i) {
    expected[i] = static_cast<float>((double{expected[i]} - intensity.intercept) / intensity.slope);
  }
  CHECK(relative_gap(fuse(*make_method("gsa"), bands.pair).fused.values, expected) < 1e-5);
}
