#include <doctest/doctest.h>

#include <cmath>

#include "specfuse/core/error.h"
#include "specfuse/kernels/least_squares.h"

using namespace specfuse;

TEST_CASE("least_squares: solves a square system") {
  Matrix a(2, 2), b(2, 1);
  a.values = {2, 1, 1, 3};
  b.values = {5, 10};
  const Matrix x = least_squares(a, b);
  CHECK(x(0, 0) == doctest::Approx(1));
  CHECK(x(1, 0) == doctest::Approx(3));
}

TEST_CASE("least_squares: minimises an overdetermined system") {
  // A line through (0, 1), (1, 2), (2, 2), (3, 5): intercept 0.7, slope 1.2.
  Matrix a(4, 2), b(4, 1);
  a.values = {1, 0, 1, 1, 1, 2, 1, 3};
  b.values = {1, 2, 2, 5};
  const Matrix x = least_squares(a, b);
  CHECK(x(0, 0) == doctest::Approx(0.7));
  CHECK(x(1, 0) == doctest::Approx(1.2));
}

TEST_CASE("least_squares: takes the shortest of many solutions") {
  Matrix a(1, 2), b(1, 2);
  a.values = {1, 1};
  b.values = {2, 4};
  const Matrix x = least_squares(a, b);
  CHECK(x(0, 0) == doctest::Approx(1));
  CHECK(x(1, 1) == doctest::Approx(2));
  Matrix zero(3, 3), rhs(3, 1);
  CHECK(std::abs(least_squares(zero, rhs)(2, 0)) == 0.0);
}

TEST_CASE("least_squares: refuses sides of different height") {
  CHECK_THROWS_AS(least_squares(Matrix(2, 2), Matrix(3, 1)), Error);
}
