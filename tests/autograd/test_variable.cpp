#include <doctest/doctest.h>

#include <cmath>

#include "specfuse/autograd/ops.h"
#include "specfuse/core/error.h"
#include "specfuse/tensor/math.h"
#include "support/random.h"

using namespace specfuse;
using namespace specfuse::testing;

TEST_CASE("variable: gradients add up over backward passes until cleared") {
  Variable x(Tensor::from({2}, {3, 4}), true);
  for (int pass = 1; pass <= 2; ++pass) {
    sum(multiply(x, x)).backward();
    CHECK(x.grad()[0] == 6.0f * static_cast<float>(pass));
  }
  x.clear_grad();
  CHECK_FALSE(x.grad().defined());
}

TEST_CASE(
    "variable: a leaf is announced once, with its whole gradient, before what was made earlier is differentiated") {
  const Variable x(Tensor::from({2}, {3, 4}), true), y(Tensor::from({2}, {5, 6}), true), z(Tensor({2}), false);
  std::vector<const Tensor*> announced;
  std::vector<float> gradients;
  bool early_done = false;
  const Variable early = multiply(x, x);
  const Variable watched(early.value(), {early}, [&](const Tensor& grad) {
    early_done = true;
    add_scaled(early.grad_to_add(), grad);
  });
  Variable late = sum(add(multiply(watched, y), add(y, z)));
  late.backward(Tensor::from(late.value().shape(), {2}), [&](const Variable& leaf) {
    announced.push_back(&leaf.grad());
    gradients.push_back(leaf.grad()[0]);
    if (&leaf.grad() == &y.grad()) CHECK_FALSE(early_done);
  });
  CHECK(announced == std::vector<const Tensor*>{&y.grad(), &x.grad()});
  CHECK(gradients == std::vector<float>{2 * (9 + 1), 2 * 5 * 2 * 3});
}

TEST_CASE("variable: no_grad stores nothing") {
  Variable x(random_tensor({3}, "x"), true);
  {
    const NoGrad no_grad;
    const NoGrad nested;
    CHECK_FALSE(relu(x).requires_grad());
  }
  CHECK(relu(x).requires_grad());
}

TEST_CASE("variable: no_grad frees intermediate values at once") {
  // An input that nothing else holds is gone as soon as its handle is: the result does not keep it.
  Variable x(random_tensor({3}, "x"), true);
  const NoGrad no_grad;
  bool freed = false;
  Variable result;
  {
    const std::shared_ptr<bool> token(&freed, [](bool* flag) { *flag = true; });
    result = Variable(x.value().clone(), {x}, [token](const Tensor&) {});
  }
  CHECK(freed);
}

TEST_CASE("variable: nothing to differentiate, wrong size and a second backward are errors") {
  Variable constant(Tensor({1}));
  CHECK_THROWS_WITH_AS(constant.backward(), doctest::Contains("nothing here requires a gradient"), Error);
  Variable x(random_tensor({3}, "x"), true);
  Variable y = relu(x);
  CHECK_THROWS_WITH_AS(y.backward(), doctest::Contains("[3]"), Error);
  Variable loss = sum(y);
  loss.backward();
  CHECK_THROWS_WITH_AS(loss.backward(), doctest::Contains("already"), Error);
  CHECK_THROWS_WITH_AS(sum(y).backward(), doctest::Contains("already"), Error);
}

TEST_CASE("variable: a chain of 200000 operations is differentiated and freed without recursion" *
          doctest::test_suite("long")) {
  Variable x(Tensor::from({1}, {2}), true);
  Variable y = x, never_differentiated = x;
  for (int i = 0; i < 200000; ++i) {
    y = scale(y, 1.0f);
    never_differentiated = scale(never_differentiated, 1.0f);
  }
  y.backward();
  CHECK(x.grad()[0] == 1.0f);
}

TEST_CASE("anomaly: the first operation with a value that is not finite is named, with the layer") {
  const auto message = [](const auto& work) {
    set_detect_anomaly(true);
    std::string text = "none";
    try {
      work();
    } catch (const Anomaly& anomaly) {
      text = anomaly.what();
    }
    set_detect_anomaly(false);
    return text;
  };
  Variable weight(Tensor::from({1, 2}, {1e30f, 1}), true), bias(Tensor::from({1}, {0}), true);
  weight.set_name("fc.weight");
  bias.set_name("fc.bias");
  const Variable large(Tensor::from({1, 2}, {1e30f, 0})), small(Tensor::from({1, 2}, {1, 1}));
  CHECK(message([&] { relu(linear(large, weight, bias)); }) ==
        "anomaly: the value of linear at fc.weight, fc.bias is not finite; it makes [1, 1] of [1, 2], [1, 2], [1]");
  CHECK(message([&] {
          const Variable y = relu(linear(small, weight, bias));
          multiply(y, y);
        }) == "anomaly: the value of multiply at fc.weight, fc.bias is not finite; it makes [1, 1] of [1, 1], [1, 1]");
  CHECK(message([&] {
          const NoGrad no_grad;
          scale(large, 1e30f);
        }) == "anomaly: the value of scale at no named layer is not finite; it makes [1, 2] of [1, 2]");
  // Off, nothing is said.
  CHECK(std::isinf(linear(large, weight, bias).value()[0]));
}

TEST_CASE("anomaly: the first operation that passes on a gradient that is not finite is named, with the layer") {
  const auto backward = [](bool detect) {
    Variable weight(Tensor::from({1}, {1e-30f}), true);
    weight.set_name("gain");
    const Variable y = scale(scale(scale(weight, 1e30f), 1e30f), 1e-30f);
    set_detect_anomaly(detect);
    std::string text = concat(weight.grad().defined());
    try {
      Variable loss = sum(y);
      loss.backward(Tensor::from({1}, {1e10f}));
      text = concat(weight.grad()[0]);
    } catch (const Anomaly& anomaly) {
      text = anomaly.what();
    }
    set_detect_anomaly(false);
    return text;
  };
  CHECK(backward(true) == "anomaly: a gradient that scale at gain passes on is not finite; it is that of gain [1]");
  CHECK(backward(false) == "inf");
}
