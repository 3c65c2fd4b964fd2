#include <doctest/doctest.h>

#include "specfuse/core/error.h"
#include "specfuse/imaging/msi_detail.h"
#include "specfuse/imaging/upsample.h"
#include "specfuse/methods/registry.h"
#include "specfuse/methods/shared/detail_injection.h"
#include "support/example.h"
#include "support/random.h"

using namespace specfuse;
using namespace specfuse::testing;

TEST_CASE("bicubic: is the up-sampled HSI") {
  const TrainingPair example = small_example(3, 5, 7, 2);
  const Cube fused = fuse(*make_method("bicubic"), example.input).fused;
  CHECK(relative_gap(fused.values, upsample_cubic(example.input.hsi, 2).values) == 0);
}

TEST_CASE("linear_injection: recovers a gain that explains the training pair exactly") {
  TrainingPair example = small_example(6, 8, 9, 3);
  // A target that is up(hsi) + detail * gain, by construction.
  const Tensor gain = random_tensor({3, 9}, "gain");
  const Cube detail = msi_detail(example.input);
  Cube target = upsample_cubic(example.input.hsi, 2);
  for (Index p = 0; p < target.pixels(); ++p) {
    for (Index i = 0; i < 3; ++i) {
      for (Index b = 0; b < 9; ++b) target.values[p * 9 + b] += detail.values[p * 3 + i] * gain[i * 9 + b];
    }
  }
  example.target = target;
  const auto method = make_method("linear_injection");
  method->fit({{example}, {}}, {});
  CHECK(relative_gap(method->checkpoint().tensors.at("model/gain"), gain) < 1e-4);
  CHECK(relative_gap(fuse(*method, example.input).fused.values, target.values) < 1e-5);

  const auto restored = make_method("linear_injection");
  restored->restore(method->checkpoint());
  CHECK(relative_gap(fuse(*restored, example.input).fused.values, fuse(*method, example.input).fused.values) == 0);
}

TEST_CASE("linear_injection: a constant image has no detail to inject") {
  TrainingPair example = small_example(4, 4, 5, 2);
  for (Tensor* values : {&example.input.hsi.values, &example.input.msi.values, &example.target.values}) {
    for (Index i = 0; i < values->size(); ++i) (*values)[i] = 7;
  }
  const auto method = make_method("linear_injection");
  method->fit({{example}, {}}, {});
  const Cube fused = fuse(*method, example.input).fused;
  for (Index i = 0; i < fused.values.size(); ++i) REQUIRE(fused.values[i] == doctest::Approx(7));
}

TEST_CASE("linear_injection: refuses to fuse before a fit, other bands and foreign checkpoints") {
  const TrainingPair example = small_example(3, 3, 5, 2);
  const auto method = make_method("linear_injection");
  CHECK_THROWS_WITH_AS(fuse(*method, example.input), doctest::Contains("neither fitted nor restored"), Error);
  method->fit({{example}, {}}, {});
  CHECK_THROWS_WITH_AS(fuse(*method, small_example(3, 3, 6, 2).input),
                       doctest::Contains("fitted for 2 MSI and 5 HSI bands, got 2 and 6"), ConfigError);
  CHECK_THROWS_AS(method->restore({}), DataError);
}
