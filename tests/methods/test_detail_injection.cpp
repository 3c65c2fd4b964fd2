#include <doctest/doctest.h>

#include <limits>

#include "specfuse/core/error.h"
#include "specfuse/methods/shared/detail_injection.h"
#include "support/random.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

Cube random_cube(Index rows, Index cols, Index bands, const char* purpose) {
  Cube cube;
  cube.values = random_tensor({rows, cols, bands}, purpose);
  return cube;
}

}  // namespace

TEST_CASE("covariance: agrees with sums written out, over more than one block") {
  const Cube x = random_cube(67, 71, 3, "x"), y = random_cube(67, 71, 2, "y");
  const Covariance got = covariance(x, y);
  const auto n = static_cast<double>(x.pixels());
  const auto moment = [&](const Cube& a, Index i, const Cube& b, Index j) {
    double both = 0, left = 0, right = 0;
    for (Index p = 0; p < a.pixels(); ++p) {
      const double u = a.values[p * a.bands() + i], v = b.values[p * b.bands() + j];
      both += u * v;
      left += u;
      right += v;
    }
    return both / n - left / n * (right / n);
  };
  for (Index i = 0; i < 3; ++i) {
    for (Index j = 0; j < 3; ++j) CHECK(got.xx(i, j) == doctest::Approx(moment(x, i, x, j)).epsilon(1e-9));
    for (Index b = 0; b < 2; ++b) CHECK(got.xy(i, b) == doctest::Approx(moment(x, i, y, b)).epsilon(1e-9));
  }
  for (Index b = 0; b < 2; ++b) {
    CHECK(got.y_variance[static_cast<std::size_t>(b)] == doctest::Approx(moment(y, b, y, b)).epsilon(1e-9));
  }
}

TEST_CASE("covariance: refuses images of other sizes and values that are not finite") {
  Cube x = random_cube(3, 5, 2, "x");
  CHECK_THROWS_WITH_AS(covariance(x, random_cube(5, 3, 2, "y")), doctest::Contains("3 x 5 and 5 x 3"), Error);
  const Cube y = x;
  x.values = x.values.clone();
  x.values[7] = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_WITH_AS(covariance(x, y), doctest::Contains("finite"), Error);
  CHECK_THROWS_WITH_AS(covariance(y, x), doctest::Contains("finite"), Error);
}

TEST_CASE("regress: recovers weights and offset, and gives flat bands of x no weight") {
  Cube x = random_cube(9, 7, 3, "x");
  // The middle band is flat except for rounding errors.
  for (Index p = 0; p < x.pixels(); ++p) x.values[p * 3 + 1] = 1000.0f + 1e-4f * static_cast<float>(p % 3);
  Cube y(9, 7, 2);
  for (Index p = 0; p < x.pixels(); ++p) {
    y.values[p * 2] = 2 * x.values[p * 3] - 3 * x.values[p * 3 + 2] + 5;
    y.values[p * 2 + 1] = 0.5f * x.values[p * 3 + 2] - 1;
  }
  const Regression got = regress(covariance(x, y));
  const double expected[3][2] = {{2, 0}, {0, 0}, {-3, 0.5}};
  for (Index i = 0; i < 3; ++i) {
    for (Index b = 0; b < 2; ++b) CHECK(got.weights(i, b) == doctest::Approx(expected[i][b]).epsilon(1e-6));
  }
  CHECK(got.offset[0] == doctest::Approx(5));
  CHECK(got.offset[1] == doctest::Approx(-1));
  const std::vector<double> spectrum = predict(x.pixel(4, 3), got);
  CHECK(spectrum[0] == doctest::Approx(y.pixel(4, 3)[0]).epsilon(1e-5));
  CHECK(spectrum[1] == doctest::Approx(y.pixel(4, 3)[1]).epsilon(1e-5));
}

TEST_CASE("keep_non_negative: raises the bands that the HSI knows as non-negative, and no others") {
  Cube hsi(1, 2, 3), fused(2, 3, 3);
  hsi.values = Tensor::from({1, 2, 3}, {0, 1, 5, 2, -0.5f, 5});
  for (Index i = 0; i < fused.values.size(); ++i) fused.values[i] = static_cast<float>(i - 9);
  keep_non_negative(fused, hsi);
  for (Index i = 0; i < fused.values.size(); ++i) {
    const auto before = static_cast<float>(i - 9);
    CHECK(fused.values[i] == (i % 3 == 1 || before > 0 ? before : 0.0f));
  }
}

TEST_CASE("scale_by_gain: makes the combination fit its band best, and drops one that explains nothing") {
  const Cube x = random_cube(8, 8, 2, "x");
  Cube y(8, 8, 2);
  for (Index p = 0; p < y.pixels(); ++p) y.values[p * 2] = 3 * x.values[p * 2];
  for (Index p = 0; p < y.pixels(); ++p) y.values[p * 2 + 1] = static_cast<float>(p);
  Matrix weights(2, 2);
  weights(0, 0) = 0.5;
  weights(0, 1) = 1e-7;
  scale_by_gain(weights, covariance(x, y));
  CHECK(weights(0, 0) == doctest::Approx(3));
  CHECK(weights(1, 0) == 0);
  CHECK(weights(0, 1) == 0);
}
