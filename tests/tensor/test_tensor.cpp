#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "specfuse/core/error.h"
#include "specfuse/core/threads.h"
#include "specfuse/tensor/math.h"
#include "support/random.h"

using namespace specfuse;
using specfuse::testing::random_tensor;

TEST_CASE("shape: counts elements and reads extents from either end") {
  const Shape shape{20, 1, 45};
  CHECK(shape.rank() == 3);
  CHECK(shape.size() == 900);
  CHECK(shape[0] == 20);
  CHECK(shape[-1] == 45);
  CHECK(shape.text() == "[20, 1, 45]");
  CHECK(Shape{}.size() == 1);
  CHECK(Shape{3, 0}.size() == 0);
  CHECK(shape != Shape{20, 45, 1});
}

TEST_CASE("shape: refuses what cannot be") {
  CHECK_THROWS_AS((Shape{1, 2, 3, 4, 5, 6}), Error);
  CHECK_THROWS_AS((Shape{-1}), Error);
  CHECK_THROWS_WITH_AS((Shape{Index{1} << 40, Index{1} << 40}), doctest::Contains("overflows"), Error);
  CHECK_THROWS_AS((Shape{2, 3}[2]), Error);
  CHECK_THROWS_AS((Shape{2, 3}[-3]), Error);
}

TEST_CASE("tensor: starts at zero, shares on copy, separates on clone") {
  Tensor a({2, 3});
  for (Index i = 0; i < 6; ++i) CHECK(a[i] == 0.0f);
  Tensor shared = a, separate = a.clone();
  a[4] = 5;
  CHECK(shared[4] == 5.0f);
  CHECK(separate[4] == 0.0f);
  CHECK(a.reshape({3, 2})[4] == 5.0f);
  CHECK_FALSE(Tensor().defined());
  CHECK(Tensor().size() == 0);
}

TEST_CASE("tensor: refuses values and shapes of another size") {
  CHECK_THROWS_WITH_AS(Tensor::from({2, 2}, {1, 2, 3}), doctest::Contains("expected 4 values"), Error);
  CHECK_THROWS_WITH_AS(Tensor({2, 2}).reshape({5}), doctest::Contains("[5]"), Error);
}

TEST_CASE("math: elementwise functions and reductions") {
  Tensor x = Tensor::from({4}, {1, -2, 3, -4}), y = Tensor::from({4}, {10, 20, 30, 40});
  CHECK(sum(x) == -2);
  CHECK(dot(x, y) == 10 - 40 + 90 - 160);
  CHECK(squared_distance(x, y) == 81 + 484 + 729 + 1936);
  CHECK(max_abs(x) == 4.0f);
  add_scaled(y, x, 2.0f);
  CHECK(y[1] == 16.0f);
  Tensor z = y.clone();
  scale_and_add(z, -2.0f, x);
  CHECK(z[1] == -34.0f);
  scale(y, 0.5f);
  CHECK(y[3] == 16.0f);
  fill(x, 7);
  CHECK(sum(x) == 28);
  CHECK_THROWS_AS(add_scaled(x, Tensor({2, 2})), Error);
  CHECK_THROWS_AS(dot(x, Tensor({3})), Error);
}

TEST_CASE("math: NaN and infinity are seen") {
  Tensor x({3});
  CHECK(all_finite(x));
  x[1] = std::numeric_limits<float>::infinity();
  CHECK_FALSE(all_finite(x));
  x[2] = std::numeric_limits<float>::quiet_NaN();
  CHECK(std::isnan(max_abs(x)));
}

TEST_CASE("math: sums are the same for any number of threads") {
  const Tensor x = random_tensor({1000003}, "sums");
  const int before = threads();
  set_threads(1);
  const double one = sum(x), squares = dot(x, x);
  set_threads(3);
  CHECK(sum(x) == one);
  CHECK(dot(x, x) == squares);
  set_threads(before);
}

TEST_CASE("math: a loop over elements visits each once, however many there are") {
  for (const Index count : {0, 1, 31, 100001}) {
    std::vector<int> visits(static_cast<std::size_t>(count));
    int* const at = visits.data();
    for_each_element(count, [=](Index i) { ++at[i]; });
    CHECK(std::count(visits.begin(), visits.end(), 1) == count);
  }
}
