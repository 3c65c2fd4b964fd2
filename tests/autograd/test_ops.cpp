#include <doctest/doctest.h>

#include "specfuse/core/error.h"
#include "support/op_checks.h"
#include "support/random.h"

using namespace specfuse;
using namespace specfuse::testing;

TEST_CASE("ops: values agree with plain loops, on every instruction set and for every layout of the inputs") {
  for (const OpCase& of : op_cases()) check_values(of);
}

TEST_CASE("ops: gradients agree with central differences for every layout of the inputs") {
  for (const OpCase& of : op_cases()) check_gradients(of);
}

TEST_CASE("ops: a planted error in a gradient is found in every layout") {
  // A square whose backward forgets the factor 2.
  const Op wrong_square = [](const std::vector<Variable>& v) {
    const Variable x = v[0], constant(x.value());
    const Stored square(multiply(constant, constant).value(), x.shape(), x.layout());
    return Variable(square, {x}, [x](const Tensor& grad) {
      for (Index i = 0; i < grad.size(); ++i) x.grad_to_add()[i] += x.value()[i] * grad[i];
    });
  };
  // Backward that assigns.
  const Op assigns = [](const std::vector<Variable>& v) {
    const Variable x = v[0];
    return Variable(Stored(x.value().clone(), x.shape(), x.layout()), {x},
                    [x](const Tensor& grad) { x.grad_to_add() = grad.clone(); });
  };
  for (const Op& wrong : {wrong_square, assigns}) {
    for (const Layout layout : {Layout::plain, Layout::n16}) {
      CHECK(gradient_gap(wrong, {random_tensor({3, 2, 5}, "x")}, {0.1f, {layout}}) > 0.1);
    }
    CHECK(gradient_gap(wrong, {random_tensor({2, 3, 2, 5}, "x")}, {0.1f, {Layout::nhwc}}) > 0.1);
  }
}

TEST_CASE("ops: results stay in the layout they are made in") {
  const Variable spectra = in_layout(Variable(random_tensor({3, 2, 9}, "spectra")), Layout::n16);
  const Variable images = in_layout(Variable(random_tensor({2, 3, 5, 6}, "images")), Layout::nhwc);
  for (const Variable& x : {spectra, images}) {
    const Variable plain = in_layout(x, Layout::plain);
    for (const Variable& y : {relu(x), scale(x, 2), add(x, plain), multiply(x, plain), add(x, plain, Activation::relu),
                              concat_channels(x, plain)}) {
      CHECK(y.layout() == x.layout());
    }
    CHECK(in_layout(x, x.layout()).value().data() == x.value().data());
    CHECK(sum(x).layout() == Layout::plain);
  }
  CHECK(crop_centre(spectra, {1, 3}).layout() == Layout::n16);
  CHECK(crop_centre(images, {1, 2}).layout() == Layout::nhwc);

  // Convolutions have their own.
  const Variable taps(random_tensor({4, 2, 3}, "taps")), kernel(random_tensor({4, 3, 2, 2}, "kernel"));
  const Variable bias(random_tensor({4}, "bias"));
  CHECK(conv1d(spectra, taps, bias).layout() == Layout::n16);
  CHECK(conv1d(spectra, taps, bias, {{0, 1}, {1, 2}, Activation::relu}).layout() == Layout::n16);
  CHECK(conv2d(images, kernel, bias).layout() == Layout::nhwc);
}

TEST_CASE("ops: a convolution by hand: the kernel is not turned round") {
  const Variable x(Tensor::from({1, 1, 4}, {1, 2, 3, 4})), weight(Tensor::from({1, 1, 3}, {1, 2, 3}));
  const Variable y = conv1d(x, weight, Variable(Tensor::from({1}, {10})), {.padding = {0, 1}});
  const std::vector<float> expected{2 * 1 + 3 * 2 + 10, 1 * 1 + 2 * 2 + 3 * 3 + 10, 1 * 2 + 2 * 3 + 3 * 4 + 10,
                                    1 * 3 + 2 * 4 + 10};
  const Tensor values = in_layout(y, Layout::plain).value();
  for (Index i = 0; i < 4; ++i) CHECK(values[i] == doctest::Approx(expected[static_cast<std::size_t>(i)]));
}

TEST_CASE("ops: shapes and layouts that do not fit are refused by name") {
  const Variable a(Tensor({2, 3})), b(Tensor({3, 2})), images(Tensor({1, 2, 5, 4}));
  CHECK_THROWS_WITH_AS(add(a, b), doctest::Contains("add"), Error);
  CHECK_THROWS_WITH_AS(multiply(a, b), doctest::Contains("multiply"), Error);
  CHECK_THROWS_WITH_AS(concat_channels(a, b), doctest::Contains("concat_channels"), Error);
  CHECK_THROWS_WITH_AS(linear(a, b, Variable(Tensor(Shape{3}))), doctest::Contains("linear"), Error);
  CHECK_THROWS_WITH_AS(conv1d(a, b, Variable()), doctest::Contains("conv1d"), Error);
  const Variable spectra(Tensor({1, 2, 40}));
  CHECK_THROWS_WITH_AS(conv1d(spectra, Variable(Tensor({1, 3, 2})), Variable()), doctest::Contains("[1, 3, 2]"), Error);
  CHECK_THROWS_WITH_AS(conv1d(spectra, Variable(Tensor({1, 2, 45})), Variable()),
                       doctest::Contains("a kernel of 45 taps spans 45 positions, the padded input has 40"), Error);
  CHECK_THROWS_AS(conv1d(spectra, Variable(Tensor({1, 2, 2})), Variable(), {.padding = {0, -1}}), Error);
  CHECK_THROWS_WITH_AS(euclidean_loss(a, Tensor({3, 2})), doctest::Contains("euclidean_loss"), Error);
  CHECK_THROWS_WITH_AS(patches_to_rows(a, 1), doctest::Contains("patches_to_rows"), Error);
  CHECK_THROWS_WITH_AS(crop_centre(a, {1, 1}), doctest::Contains("crop_centre"), Error);
  CHECK_THROWS_WITH_AS(crop_centre(images, {2, 2}), doctest::Contains("the same off both sides"), Error);
  CHECK_THROWS_WITH_AS(in_layout(images, Layout::n16), doctest::Contains("[N, C, L]"), Error);
  CHECK_THROWS_WITH_AS(in_layout(a, Layout::nhwc), doctest::Contains("[N, C, H, W]"), Error);
}
