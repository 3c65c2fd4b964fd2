#include <doctest/doctest.h>

#include "methods/mixtures.h"
#include "specfuse/core/error.h"
#include "specfuse/methods/shared/spectra.h"
#include "specfuse/methods/shared/subspace_problem.h"
#include "specfuse/tensor/math.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

/// |(hsi - A X) E'|^2 + |msi - X E'R'|^2, halved, by way of the fine image.
double half_misfit(const SubspaceProblem& problem, const Pair& pair, const Tensor& x) {
  const Cube image = problem.image_of(x);
  const double unit = intensity_of(pair.hsi);
  const double hsi = squared_distance(degrade_spatially(image, pair.degradation).values, pair.hsi.values);
  const double msi = squared_distance(degrade_spectrally(image, pair.degradation.srf).values, pair.msi.values);
  return (hsi + msi) / (2 * unit * unit);
}

}  // namespace

TEST_CASE("signal_subspace: orthonormal, and holds a mixture of three spectra whole") {
  const Cube cube = mixed_example({}).target;
  const Matrix basis = signal_subspace(cube, 3);
  const Matrix gram = product_tn(basis, basis);
  for (Index i = 0; i < 3; ++i) {
    for (Index j = 0; j < 3; ++j) CHECK(gram(i, j) == doctest::Approx(i == j ? 1.0 : 0.0));
  }
  const Cube back = transform_spectra(transform_spectra(cube, basis), transpose(basis));
  CHECK(relative_gap(back.values, cube.values) < 1e-5);
  CHECK_THROWS_WITH_AS(signal_subspace(cube, 13), doctest::Contains("from 1 to 12, got 13"), Error);
}

TEST_CASE("second_moments: the same as plain loops, over more pixels than a block") {
  Cube cube;
  cube.values = random_tensor({67, 64, 3}, "moments");
  const Matrix moments = second_moments(cube);
  for (Index i = 0; i < 3; ++i) {
    for (Index j = 0; j < 3; ++j) {
      double sum = 0;
      for (Index p = 0; p < cube.pixels(); ++p) sum += double{cube.values[3 * p + i]} * cube.values[3 * p + j];
      CHECK(moments(i, j) == doctest::Approx(sum));
    }
  }
}

TEST_CASE("check_pair_with_srf: names what does not fit") {
  Pair pair = mixed_example({}).input;
  pair.degradation.ratio = 3;
  CHECK_THROWS_WITH_AS(check_pair_with_srf(pair, "m"),
                       doctest::Contains("m: expected an msi of 24 x 21 pixels, got 16 x 14"), Error);
  pair.degradation.srf = Tensor({2, 12});
  CHECK_THROWS_WITH_AS(check_pair_with_srf(pair, "m"), doctest::Contains("m: expected a response [4, 12]"), Error);
  pair.degradation.srf = Tensor();
  CHECK_THROWS_AS(check_pair_with_srf(pair, "m"), ConfigError);
}

TEST_CASE("intensity_of: the mean absolute value, 1 for a black image") {
  Cube cube(1, 1, 4);
  CHECK(intensity_of(cube) == 1.0f);
  cube.values[0] = -6;
  cube.values[3] = 2;
  CHECK(intensity_of(cube) == 2.0f);
}

TEST_CASE("subspace_problem: curvature minus pull is the gradient of the misfit") {
  const Pair pair = mixed_example({}).input;
  // All of the HSI's energy is in three dimensions; the fourth is held at the smallest scale.
  const SubspaceProblem problem(pair, 3);
  const Tensor x = random_tensor({16, 14, 3}, "x"), direction = random_tensor({16, 14, 3}, "direction");
  Tensor slope = problem.curvature(x);
  add_scaled(slope, problem.pull(), -1.0f);
  Tensor ahead = x.clone(), behind = x.clone();
  add_scaled(ahead, direction, 0.5f);
  add_scaled(behind, direction, -0.5f);
  const double change = half_misfit(problem, pair, ahead) - half_misfit(problem, pair, behind);
  CHECK(dot(slope, direction) == doctest::Approx(change).epsilon(1e-4));
}

TEST_CASE("subspace_problem: each coefficient of the HSI has a mean square of 1") {
  const SubspaceProblem problem(mixed_example({}).input, 3);
  const Matrix moments = second_moments(problem.hsi());
  for (Index k = 0; k < 3; ++k) CHECK(moments(k, k) == doctest::Approx(8 * 7).epsilon(1e-4));
}
