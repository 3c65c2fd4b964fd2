#include <doctest/doctest.h>

#include <cmath>

#include "specfuse/nn/init.h"
#include "specfuse/tensor/math.h"
#include "support/random.h"

using namespace specfuse;
using namespace specfuse::testing;

TEST_CASE("init: deviations are as asked and draws repeat") {
  Tensor weight({200, 20, 45}), again({200, 20, 45});
  Rng rng(1, 2), same(1, 2);
  init_he(weight, rng);
  CHECK(std::sqrt(dot(weight, weight) / static_cast<double>(weight.size())) ==
        doctest::Approx(std::sqrt(2.0 / 900)).epsilon(0.01));
  init_he(again, same);
  CHECK(squared_distance(weight, again) == 0);
  init_gaussian(weight, 0.001, rng);
  CHECK(std::sqrt(dot(weight, weight) / static_cast<double>(weight.size())) == doctest::Approx(0.001).epsilon(0.01));
}
