#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "specfuse/core/error.h"
#include "specfuse/kernels/matrix.h"

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

TEST_CASE("matrix: products and transposes by hand") {
  Matrix a(2, 3), b(3, 2);
  a.values = {1, 2, 3, 4, 5, 6};
  b.values = {1, 0, 2, 1, 0, 3};
  CHECK(product(a, b).values == std::vector<double>{5, 11, 14, 23});
  CHECK(product_tn(transpose(a), b).values == product(a, b).values);
  CHECK(product_nt(a, transpose(b)).values == product(a, b).values);
  CHECK(transpose(a).values == std::vector<double>{1, 4, 2, 5, 3, 6});
  CHECK(product(Matrix(2, 0), Matrix(0, 3)).values == std::vector<double>(6, 0.0));
  CHECK_THROWS_WITH_AS(product(a, a), doctest::Contains("2 x 3 and 2 x 3"), Error);
  CHECK_THROWS_AS(product_tn(a, b), Error);
}

TEST_CASE("matrix: a positive definite system, and one that is not") {
  Matrix a(2, 2), b(2, 2);
  a.values = {4, 99, 2, 3};  // the upper triangle is not read
  b.values = {8, 4, 7, 2};
  const Matrix x = solve_positive(a, b);
  CHECK(4 * x(0, 0) + 2 * x(1, 0) == doctest::Approx(8));
  CHECK(2 * x(0, 1) + 3 * x(1, 1) == doctest::Approx(2));
  a.values = {1, 0, 0, -1};
  CHECK_THROWS_WITH_AS(solve_positive(a, b), doctest::Contains("not positive definite"), Error);
  CHECK(!Cholesky(a).is_positive_definite());
}

TEST_CASE("matrix: eigenvalues fall, vectors are orthonormal and rebuild the matrix") {
  Matrix a(3, 3);
  a.values = {2, 1, 0, 1, 2, 0, 0, 0, -5};
  const Eigen eigen = eigen_symmetric(a);
  CHECK(eigen.values[0] == doctest::Approx(3));
  CHECK(eigen.values[1] == doctest::Approx(1));
  CHECK(eigen.values[2] == doctest::Approx(-5));
  // Each vector's largest component is positive, which settles its sign.
  CHECK(eigen.vectors(0, 0) > 0);
  CHECK(eigen.vectors(2, 2) == doctest::Approx(1));
  Matrix scaled = eigen.vectors;
  for (Index row = 0; row < 3; ++row) {
    for (Index col = 0; col < 3; ++col) scaled(row, col) *= eigen.values[static_cast<std::size_t>(col)];
  }
  const Matrix rebuilt = product_nt(scaled, eigen.vectors), identity = product_tn(eigen.vectors, eigen.vectors);
  for (Index row = 0; row < 3; ++row) {
    for (Index col = 0; col < 3; ++col) {
      CHECK(rebuilt(row, col) == doctest::Approx(a(row, col)));
      CHECK(identity(row, col) == doctest::Approx(row == col ? 1.0 : 0.0));
    }
  }
}

TEST_CASE("centred: each column loses its mean, and nothing else") {
  Matrix a(2, 2);
  a.values = {1, 10, 3, 20};
  CHECK(centred(a, {2, 15}).values == std::vector<double>{-1, -5, 1, 5});
  CHECK_THROWS_AS(centred(a, {2}), Error);
}

TEST_CASE("leading_eigenvectors: those of the largest eigenvalues, as columns") {
  Matrix a(3, 3);
  a.values = {2, 0, 0, 0, 7, 0, 0, 0, 5};
  const Matrix two = leading_eigenvectors(a, 2);
  REQUIRE(two.cols == 2);
  CHECK(two(1, 0) == doctest::Approx(1));
  CHECK(two(2, 1) == doctest::Approx(1));
  CHECK_THROWS_AS(leading_eigenvectors(a, 4), Error);
}
