#include <doctest/doctest.h>

#include "run/scene_doubts.h"
#include "specfuse/tensor/math.h"
#include "support/random.h"
#include "support/text.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

/// Two MSI bands, each the mean of two of four bands, of one value everywhere in each image.
Pair pair_of(float hsi, float msi) {
  Pair pair;
  pair.hsi = Cube(2, 3, 4);
  pair.msi = Cube(4, 6, 2);
  fill(pair.hsi.values, hsi);
  fill(pair.msi.values, msi);
  pair.degradation.ratio = 2;
  pair.degradation.srf = Tensor::from({2, 4}, {0.5F, 0.5F, 0, 0, 0, 0, 0.5F, 0.5F});
  return pair;
}

}  // namespace

TEST_CASE("scene doubts: a response that makes of the HSI what is not of the MSI's size") {
  Pair pair = pair_of(10, 10);
  CHECK(doubt_of_response(pair).empty());
  CHECK(doubt_of_response(pair_of(10, 5.1F)).empty());
  CHECK(doubt_of_response(pair_of(5.1F, 10)).empty());
  CHECK(contains(doubt_of_response(pair_of(10, 4.9F)), "a mean of 10 in band 1 of the MSI, which has 4.9"));
  CHECK(contains(doubt_of_response(pair_of(4.9F, 10)), "a mean of 4.9 in band 1 of the MSI, which has 10"));
  // Weights that count bands; the worst band is named.
  for (Index b = 4; b < 8; ++b) pair.degradation.srf.data()[b] *= 4;
  CHECK(contains(doubt_of_response(pair), "a mean of 40 in band 2 of the MSI, which has 10"));
  pair.degradation.srf = {};
  CHECK(doubt_of_response(pair).empty());
}

TEST_CASE("scene doubts: dark images have no size to compare") {
  CHECK(doubt_of_response(pair_of(0, 10)).empty());
  CHECK(doubt_of_response(pair_of(10, 0)).empty());
}
