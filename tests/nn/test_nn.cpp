#include <doctest/doctest.h>

#include <cmath>

#include "specfuse/nn/init.h"
#include "specfuse/nn/layers.h"
#include "specfuse/tensor/math.h"
#include "support/random.h"

using namespace specfuse;
using namespace specfuse::testing;

TEST_CASE("layers: own a weight and a bias of the right shape") {
  const Conv1d conv1d(1, 20, 45);
  const auto parameters = conv1d.parameters("hsi.conv1.");
  REQUIRE(parameters.size() == 2);
  CHECK(parameters[0].name == "hsi.conv1.weight");
  CHECK(parameters[0].value.shape() == Shape{20, 1, 45});
  CHECK_FALSE(parameters[0].is_bias);
  CHECK(parameters[1].name == "hsi.conv1.bias");
  CHECK(parameters[1].value.shape() == Shape{20});
  CHECK(parameters[1].is_bias);
  CHECK(Conv2d(6, 30, {10, 9}).weight().shape() == Shape{30, 6, 10, 9});
  CHECK(Linear(480, 200).weight().shape() == Shape{200, 480});
}

TEST_CASE("layers: forward applies the functions with their options") {
  const Variable x(random_tensor({2, 3, 11}, "x"));
  const Conv1d conv(3, 4, 3, {2, 1, 1});
  CHECK(conv.forward(x).shape() == Shape{2, 4, 6});
  const Variable image(random_tensor({2, 3, 9, 8}, "image"));
  CHECK(Conv2d(3, 5, {3, 2}, {{1, 2}, {0, 0}, {1, 1}}).forward(image).shape() == Shape{2, 5, 7, 4});
  Linear linear(2, 1);
  Tensor weight = linear.weight().value(), bias = linear.bias().value();
  weight[0] = 2, weight[1] = 3, bias[0] = 4;
  CHECK(linear.forward(Variable(Tensor::from({1, 2}, {10, 100}))).value()[0] == 324.0f);
}

TEST_CASE("sequential: applies its modules in turn and numbers their parameters") {
  std::vector<std::unique_ptr<Module>> modules;
  modules.push_back(std::make_unique<Linear>(3, 2));
  modules.push_back(std::make_unique<ReLU>());
  modules.push_back(std::make_unique<Linear>(2, 1));
  const Sequential net(std::move(modules));
  const auto parameters = net.parameters("net.");
  REQUIRE(parameters.size() == 4);
  CHECK(parameters[0].name == "net.0.weight");
  CHECK(parameters[3].name == "net.2.bias");
  Tensor first = parameters[0].value.value(), last_bias = parameters[3].value.value();
  Tensor second = parameters[2].value.value();
  first[0] = 1, first[3] = -1, second[0] = 1, second[1] = 1, last_bias[0] = 0.5f;
  // Hidden units 2 and -2: ReLU keeps the first.
  CHECK(net.forward(Variable(Tensor::from({1, 3}, {2, 0, 0}))).value()[0] == 2.5f);
}

TEST_CASE("init: deviations are as asked and draws repeat") {
  Tensor weight({200, 20, 45}), again({200, 20, 45});
  Rng rng(1, 2), same(1, 2);
  init_he(weight, rng);
  CHECK(std::sqrt(dot(weight, weight) / static_cast<double>(weight.size())) ==
        doctest::Approx(std::sqrt(2.0 / 900)).epsilon(0.01));
  init_he(again, same);
  CHECK(squared_distance(weight, again) == 0);
  init_gaussian(weight, 0.001, rng);
  CHECK(std::sqrt(dot(weight, weight) / static_cast<double>(weight.size())) == doctest::Approx(0.001).epsilon(0.01));
}
