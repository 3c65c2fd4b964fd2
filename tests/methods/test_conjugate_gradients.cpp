#include <doctest/doctest.h>

#include "specfuse/kernels/matrix.h"
#include "specfuse/methods/shared/conjugate_gradients.h"
#include "specfuse/methods/shared/gradient.h"
#include "specfuse/methods/shared/spectra.h"
#include "specfuse/tensor/math.h"
#include "support/random.h"

using namespace specfuse;
using namespace specfuse::testing;

TEST_CASE("conjugate_gradients: solves a positive definite system in as many steps as unknowns") {
  const Matrix root = to_matrix(random_tensor({7, 5}, "root"));
  const Matrix a = product_tn(root, root);
  const Tensor b = random_tensor({5, 1}, "b");
  Tensor x({5, 1});
  const Index taken = conjugate_gradients([&](const Tensor& y) { return to_tensor(product(a, to_matrix(y))); }, b, x);
  CHECK(taken <= 7);
  CHECK(relative_gap(x, to_tensor(solve_positive(a, to_matrix(b)))) < 1e-3);
}

TEST_CASE("conjugate_gradients: stays at a solution, and stops where there is no curvature") {
  const Tensor b = random_tensor({3, 1}, "b");
  Tensor x = b.clone();
  CHECK(conjugate_gradients([](const Tensor& y) { return y.clone(); }, b, x) == 0);
  CHECK(conjugate_gradients([](const Tensor& y) { return Tensor(y.shape()); }, b, x) == 0);
  CHECK(relative_gap(x, b) == 0);
}

TEST_CASE("gradient: differences to the right and below, and the adjoint's inner products agree") {
  const Tensor image = Tensor::from({2, 2, 1}, {1, 3, 7, 20});
  const Tensor differences = Tensor::from({2, 2, 2}, {2, 6, 0, 17, 13, 0, 0, 0});
  CHECK(relative_gap(gradient(image), differences) == 0);
  for (const Shape& shape : {Shape{1, 1, 1}, Shape{3, 5, 7}, Shape{6, 1, 2}}) {
    const Tensor x = random_tensor(shape, "x"), d = random_tensor({shape[0], shape[1], 2 * shape[2]}, "d");
    CHECK(dot(gradient(x), d) == doctest::Approx(dot(x, gradient_adjoint(d))).epsilon(1e-5));
    Tensor added = random_tensor(shape, "added"), expected = added.clone();
    add_scaled(expected, gradient_adjoint(gradient(x)), 0.5f);
    add_gradient_curvature(x, 0.5f, added);
    CHECK(relative_gap(added, expected) == 0);
  }
}

TEST_CASE("shrink_pixels: shortens each pixel's vector, to 0 where it is shorter") {
  Tensor image = Tensor::from({1, 2, 2}, {3, 4, 0.6f, 0.8f});
  shrink_pixels(image, 2);
  CHECK(relative_gap(image, Tensor::from({1, 2, 2}, {1.8f, 2.4f, 0, 0})) < 1e-6);
}
