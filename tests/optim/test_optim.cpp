#include <doctest/doctest.h>

#include <cmath>

#include "specfuse/core/error.h"
#include "specfuse/optim/optimizer.h"
#include "specfuse/optim/schedule.h"
#include "specfuse/tensor/math.h"

using namespace specfuse;

namespace {

Parameter parameter(const std::string& name, float value, bool is_bias) {
  return {name, Variable(Tensor::from({1}, {value}), true), is_bias ? Role::bias : Role::weight};
}

void set_grad(const Parameter& p, float value) { p.value.grad_to_add()[0] = value; }

}  // namespace

TEST_CASE("sgd: steps by hand, weights decay and biases learn at twice the rate") {
  std::vector<Parameter> parameters{parameter("w", 2, false), parameter("b", 2, true)};
  Sgd sgd(parameters, {0.9, 0.1, 2.0});
  for (auto& p : parameters) set_grad(p, 1);
  sgd.step(0.01);
  // w: v = 0.01 (1 + 0.1 * 2) = 0.012. b: v = 0.02.
  CHECK(parameters[0].value.value()[0] == doctest::Approx(1.988));
  CHECK(parameters[1].value.value()[0] == doctest::Approx(1.98));
  sgd.step(0.01);
  // w: v = 0.9 * 0.012 + 0.01 (1 + 0.1 * 1.988). b: v = 0.9 * 0.02 + 0.02.
  CHECK(parameters[0].value.value()[0] == doctest::Approx(1.988 - 0.0108 - 0.011988));
  CHECK(parameters[1].value.value()[0] == doctest::Approx(1.98 - 0.038));
  CHECK(sgd.steps() == 2);
}

TEST_CASE("adamw: steps by hand, decay is decoupled and spares biases") {
  std::vector<Parameter> parameters{parameter("w", 2, false), parameter("b", 2, true)};
  AdamWOptions options;
  options.weight_decay = 0.1;
  AdamW adamw(parameters, options);
  for (auto& p : parameters) set_grad(p, 3);
  adamw.step(0.01);
  // The first bias-corrected step is the sign of the gradient.
  CHECK(parameters[0].value.value()[0] == doctest::Approx(2 * (1 - 0.001) - 0.01));
  CHECK(parameters[1].value.value()[0] == doctest::Approx(2 - 0.01));
  for (auto& p : parameters) p.value.clear_grad(), set_grad(p, -1);
  adamw.step(0.01);
  const double m = (0.9 * 0.3 - 0.1) / (1 - 0.81), v = (0.999 * 0.009 + 0.001) / (1 - 0.998001);
  CHECK(parameters[1].value.value()[0] == doctest::Approx(1.99 - 0.01 * m / std::sqrt(v)));
}

TEST_CASE("optimizer: leaves parameters without a gradient alone and clears the others") {
  std::vector<Parameter> parameters{parameter("w", 2, false), parameter("unused", 5, false)};
  AdamW adamw(parameters, {});
  set_grad(parameters[0], 1);
  adamw.step(0.1);
  CHECK(parameters[1].value.value()[0] == 5.0f);
  adamw.clear_grads();
  CHECK_FALSE(parameters[0].value.grad().defined());
}

TEST_CASE("optimizer: goes on from its memory as if never stopped") {
  const auto run = [](bool stop) {
    std::vector<Parameter> parameters{parameter("w", 2, false)};
    auto adamw = std::make_unique<AdamW>(parameters, AdamWOptions{});
    for (int step = 0; step < 6; ++step) {
      if (stop && step == 3) {
        auto fresh = std::make_unique<AdamW>(parameters, AdamWOptions{});
        fresh->restore(adamw->memory(), adamw->steps());
        adamw = std::move(fresh);
      }
      adamw->clear_grads();
      set_grad(parameters[0], static_cast<float>(step) - 2.5f);
      adamw->step(0.1);
    }
    return parameters[0].value.value()[0];
  };
  CHECK(run(true) == run(false));
  std::vector<Parameter> parameters{parameter("w", 2, false)};
  Sgd sgd(parameters, {});
  CHECK_THROWS_WITH_AS(sgd.restore({}, 1), doctest::Contains("velocity/w"), Error);
  CHECK_THROWS_WITH_AS(sgd.restore({{"velocity/w", Tensor({2})}}, 1), doctest::Contains("[2]"), Error);
}

TEST_CASE("clip: scales all gradients to the common norm, and only when it is larger") {
  std::vector<Parameter> parameters{parameter("a", 0, false), parameter("b", 0, true)};
  set_grad(parameters[0], 3);
  set_grad(parameters[1], 4);
  CHECK(clip_gradient_norm(parameters, 10) == doctest::Approx(5));
  CHECK(parameters[1].value.grad()[0] == 4.0f);
  CHECK(clip_gradient_norm(parameters, 1) == doctest::Approx(5));
  CHECK(parameters[0].value.grad()[0] == doctest::Approx(0.6));
  CHECK(parameters[1].value.grad()[0] == doctest::Approx(0.8));
}

TEST_CASE("schedule: known points") {
  CHECK(rate_factor("constant", 7, 10) == 1.0);
  CHECK(rate_factor("cosine", 0, 11) == 1.0);
  CHECK(rate_factor("cosine", 5, 11) == doctest::Approx(0.5));
  CHECK(rate_factor("cosine", 10, 11) == doctest::Approx(0.0));
  CHECK(rate_factor("one_cycle", 0, 101) == doctest::Approx(0.04));
  CHECK(rate_factor("one_cycle", 30, 101) == doctest::Approx(1.0));
  CHECK(rate_factor("one_cycle", 100, 101) == doctest::Approx(4e-6));
  CHECK(rate_factor("one_cycle", 0, 1) == 1.0);
  CHECK_THROWS_AS(rate_factor("cosine", 10, 10), Error);
}
