#include <doctest/doctest.h>

#include <cmath>

#include "specfuse/autograd/estimate_loss.h"
#include "specfuse/core/error.h"
#include "specfuse/core/threads.h"
#include "support/op_checks.h"
#include "support/random.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

constexpr Index kValues = 6;

Tensor target_of(Index count) { return random_tensor({count}, "target"); }

/// The loss of estimates [N, 2] as the header writes it.
Tensor plain_loss(const Tensor& x, const Tensor& target, const EstimateLossOptions& options) {
  double total = 0;
  for (Index i = 0; i < target.size(); ++i) {
    const double off = std::abs(double{x[2 * i]} - target[i]), s = x[2 * i + 1];
    total += off < options.limit ? off * off / (2 * options.limit) : off - options.limit / 2.0;
    total += options.weight * (s + off * std::exp(-s));
  }
  return Tensor::from({1}, {static_cast<float>(total / static_cast<double>(target.size()))});
}

/// The estimates alone: what the loss says of their error gives them no gradient, so it has no weight here. Some are
/// within the limit and some beyond.
OpCase case_of_estimates() {
  const EstimateLossOptions options{0.7f, 0};
  OpCase of{"estimate_loss, of the estimates",
            {},
            {{kValues, 2}},
            [=](const std::vector<Variable>& v) { return estimate_loss(v[0], target_of(kValues), options); },
            [=](const std::vector<Tensor>& v) { return plain_loss(v[0], target_of(kValues), options); },
            kCurved};
  of.accuracy.step = 5e-3f;
  of.kinks = [=](const std::vector<Tensor>& v) {
    Tensor distance({kValues});
    for (Index i = 0; i < kValues; ++i) distance[i] = std::abs(v[0][2 * i] - target_of(kValues)[i]) - options.limit;
    return distance;
  };
  return of;
}

/// The logarithms of their errors beside given estimates.
OpCase case_of_errors() {
  const EstimateLossOptions options{2, 0.4f};
  const auto joined = [](const Tensor& errors) {
    Tensor x({kValues, 2});
    for (Index i = 0; i < kValues; ++i) x[2 * i] = static_cast<float>(i) / 3, x[2 * i + 1] = errors[i];
    return x;
  };
  OpCase of{"estimate_loss, of their errors",
            {},
            {{kValues, 1}},
            [=](const std::vector<Variable>& v) {
              const Variable estimates(joined(Tensor({kValues})));
              Tensor given({kValues, 1});
              for (Index i = 0; i < kValues; ++i) given[i] = estimates.value()[2 * i];
              return estimate_loss(concat_channels(Variable(given), v[0]), target_of(kValues), options);
            },
            [=](const std::vector<Tensor>& v) { return plain_loss(joined(v[0]), target_of(kValues), options); },
            kCurved};
  of.accuracy.step = 5e-3f;
  return of;
}

}  // namespace

TEST_CASE("estimate_loss: known values") {
  // off 1: 1 / 4 + 0.1 (0 + 1); off -3, s = log 3: 2 + 0.1 (log 3 + 1).
  const Variable x(Tensor::from({2, 2}, {2, 0, 1, std::log(3.0f)}));
  const Tensor target = Tensor::from({2}, {1, 4});
  CHECK(estimate_loss(x, target).value()[0] == doctest::Approx((0.35 + 2.1 + 0.1 * std::log(3.0)) / 2));
  CHECK(estimate_loss(x, target).shape() == Shape{1});
  CHECK(estimate_loss(x, target, {1, 0}).value()[0] == doctest::Approx((0.5 + 2.5) / 2));
}

TEST_CASE("estimate_loss: agrees with plain loops and central differences") {
  for (const OpCase& of : {case_of_estimates(), case_of_errors()}) {
    check_values(of);
    check_gradients(of);
  }
}

TEST_CASE("estimate_loss: what is said of an error gives the estimate no gradient, and is right at its mean size") {
  const auto gradient = [](float weight, float error) {
    Variable x(Tensor::from({2, 2}, {3, error, -1, error}), true);
    estimate_loss(x, Tensor({2}), {2, weight}).backward();
    return x.grad().clone();
  };
  const Tensor without = gradient(0, 0.3f), with = gradient(5, 0.3f);
  CHECK(without[0] == 0.5f);
  CHECK(without[2] == -0.25f);
  for (const Index i : {0, 2}) CHECK(with[i] == without[i]);
  // Errors of 3 and 1: their mean size is 2.
  const Tensor best = gradient(5, std::log(2.0f));
  CHECK(best[1] + best[3] == doctest::Approx(0).epsilon(1e-6));
}

TEST_CASE("estimate_loss: any number of threads gives the same bits") {
  const Index count = 100000;
  const Tensor x = random_tensor({count, 2}, "x"), target = target_of(count);
  const int before = threads();
  const auto run = [&](int many) {
    set_threads(many);
    Variable given(x, true);
    Variable loss = estimate_loss(given, target);
    loss.backward();
    set_threads(before);
    return std::pair(loss.value()[0], given.grad().clone());
  };
  const auto one = run(1), three = run(3);
  CHECK(one.first == three.first);
  CHECK(one.first == doctest::Approx(plain_loss(x, target, {})[0]));
  CHECK(relative_gap(one.second, three.second) == 0);
}

TEST_CASE("estimate_loss: other shapes are refused by name") {
  for (const Shape& shape : {Shape{3, 2}, Shape{4}, Shape{2, 1}, Shape{1, 4}}) {
    CHECK_THROWS_WITH_AS(estimate_loss(Variable(Tensor(shape)), Tensor({2})), doctest::Contains("estimate_loss"),
                         Error);
  }
}
