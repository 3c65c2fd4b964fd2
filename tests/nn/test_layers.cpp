#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "specfuse/core/error.h"
#include "specfuse/nn/layers.h"
#include "support/message_of.h"
#include "support/random.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

const Flow kSpectrum{Flow::Kind::spectrum, 1, 162}, kImage{Flow::Kind::image, 6, 31}, kFeatures{{}, 5, 1};

std::vector<LayerPlan> plan(const std::vector<std::pair<std::string, LayerDescription>>& layers, const Flow& in,
                            Index outputs = 0) {
  Layers described;
  described.items = layers;
  return plan_layers(described, {"model.layers", "net.", in, outputs});
}

/// The value of layers in turn whose parameters are drawn by their names.
Tensor run(const std::vector<LayerPlan>& plans, const Tensor& x) {
  const Network network(plans);
  for (const Parameter& parameter : network.parameters()) {
    Tensor value = parameter.value.value();
    const Tensor drawn = random_tensor(value.shape(), parameter.name);
    std::copy_n(drawn.data(), drawn.size(), value.data());
  }
  return in_layout(network.forward(Variable(x)), Layout::plain).value();
}

Tensor parameter(const std::string& name, const Shape& shape) { return random_tensor(shape, "net." + name); }

float relu(float x) { return x > 0 ? x : 0; }

}  // namespace

TEST_CASE("layers: a repeated convolution is numbered, and shapes, parameters and arithmetic follow") {
  const auto plans = plan({layer("conv", "conv1d", {{"maps", 20}, {"kernel", 45}, {"repeat", 2}}),
                           layer("skip", "skip", {{"from", "conv1"}}), layer("fc", "linear", {{"units", 7}})},
                          kSpectrum);
  REQUIRE(plans.size() == 4);
  CHECK(plans[0].name == "net.conv1");
  CHECK(plans[1].name == "net.conv2");
  CHECK(plans[1].out == Flow{Flow::Kind::spectrum, 20, 74});
  CHECK(plans[1].parameter_count() == 20 * 20 * 45 + 20);
  CHECK(plans[1].flops == 2.0 * 74 * 20 * 20 * 45);
  CHECK(plans[2].parameters[0].name == "net.skip.weight");
  CHECK(plans[2].parameters[0].shape == Shape{20, 20, 45});
  CHECK(plans[3].parameters[0].shape == Shape{7, 20 * 74});
  CHECK(plans[3].out.text() == "7");
}

TEST_CASE("layers: convolutions over the neighbourhood, with dilation, flatten and linear") {
  const auto plans =
      plan({layer("a", "conv2d", {{"maps", 3}, {"kernel", 4}, {"dilation", 2}}), layer("f", "flatten")}, kImage);
  CHECK(plans[0].out == Flow{Flow::Kind::image, 3, 31 - 6});
  CHECK(plans[0].flops == 2.0 * 3 * 6 * 16);
  CHECK(plans[1].out == Flow{Flow::Kind::features, 3 * 25 * 25, 1});
  // A linear layer right behind an image is the same map as behind its flattened values.
  const Flow small{Flow::Kind::image, 2, 3};
  const Tensor image = random_tensor({2, 2, 4, 5}, "image");
  const Tensor fused = run(plan({layer("fc", "linear", {{"units", 4}})}, small), image);
  const Tensor apart = run(plan({layer("f", "flatten"), layer("fc", "linear", {{"units", 4}})}, small), image);
  CHECK(fused.shape() == Shape{2 * 2 * 3, 4});
  CHECK(relative_gap(fused, apart) < 1e-5);
}

TEST_CASE("layers: padding keeps a spectrum's length, and a padded convolution is that of the padded spectrum") {
  const auto padded =
      plan({layer("c", "conv1d", {{"maps", 2}, {"kernel", 3}, {"padding", 1}})}, {Flow::Kind::spectrum, 1, 4});
  CHECK(padded[0].out.length == 4);
  const Tensor x = random_tensor({3, 1, 4}, "x");
  Tensor wide({3, 1, 6});
  for (Index n = 0; n < 3; ++n) std::copy_n(x.data() + n * 4, 4, wide.data() + n * 6 + 1);
  const auto plain = plan({layer("c", "conv1d", {{"maps", 2}, {"kernel", 3}})}, {Flow::Kind::spectrum, 1, 6});
  CHECK(relative_gap(run(padded, x), run(plain, wide)) < 1e-5);
}

TEST_CASE("layers: linear without units makes what flows in, and in the last layer what is asked for") {
  const auto plans = plan({layer("a", "linear"), layer("b", "linear")}, kFeatures, 3);
  CHECK(plans[0].out.channels == 5);
  CHECK(plans[1].out.channels == 3);
}

TEST_CASE("layers: relu and leaky_relu by hand, in any layout") {
  const Tensor x = Tensor::from({1, 4}, {-2, -0.5f, 0, 3});
  const Flow four{Flow::Kind::features, 4, 1};
  const Tensor plain = run(plan({layer("r", "relu")}, four), x);
  const Tensor leaky = run(plan({layer("r", "leaky_relu", {{"slope", 0.25}})}, four), x);
  const float expected[] = {-0.5f, -0.125f, 0, 3};
  for (Index i = 0; i < 4; ++i) {
    CHECK(plain[i] == relu(x[i]));
    CHECK(leaky[i] == expected[i]);
  }
  // Behind a convolution values lie in blocks of samples.
  const Flow spectrum{Flow::Kind::spectrum, 1, 7};
  const auto conv = layer("c", "conv1d", {{"maps", 2}, {"kernel", 3}, {"activation", "none"}});
  const Tensor many = random_tensor({19, 1, 7}, "many");
  const Tensor linear = run(plan({conv}, spectrum), many);
  const Tensor bent = run(plan({conv, layer("r", "leaky_relu", {{"slope", 0.5}})}, spectrum), many);
  for (Index i = 0; i < linear.size(); ++i) CHECK(bent[i] == (linear[i] > 0 ? linear[i] : 0.5f * linear[i]));
}

TEST_CASE("layers: layer_norm has mean and deviation of gain and bias at every position, in any layout") {
  const auto check = [](const Tensor& y, Index channels, Index step) {
    const Tensor gain = parameter("n.gain", {channels}), bias = parameter("n.bias", {channels});
    const Index outer = y.size() / channels / step;
    for (Index o = 0; o < outer; ++o) {
      for (Index i = 0; i < step; ++i) {
        double sum = 0, squares = 0;
        for (Index c = 0; c < channels; ++c) {
          const double h = (double{y[(o * channels + c) * step + i]} - bias[c]) / gain[c];
          sum += h;
          squares += h * h;
        }
        REQUIRE(std::abs(sum) < 1e-4 * static_cast<double>(channels));
        REQUIRE(squares / static_cast<double>(channels) == doctest::Approx(1).epsilon(1e-2));
      }
    }
  };
  check(run(plan({layer("n", "layer_norm")}, kFeatures), random_tensor({3, 5}, "x")), 5, 1);
  check(run(plan({layer("c", "conv2d", {{"maps", 8}, {"kernel", 2}, {"activation", "none"}}), layer("n", "layer_norm")},
                 {Flow::Kind::image, 2, 4}),
            random_tensor({2, 2, 5, 6}, "x")),
        8, 4 * 5);
  check(run(plan({layer("c", "conv1d", {{"maps", 8}, {"kernel", 2}, {"activation", "none"}}), layer("n", "layer_norm")},
                 {Flow::Kind::spectrum, 1, 9}),
            random_tensor({17, 1, 9}, "x")),
        8, 8);
}

TEST_CASE("layers: residual and concat take the middle of an earlier value") {
  const Flow spectrum{Flow::Kind::spectrum, 2, 7};
  const auto conv = layer("c", "conv1d", {{"maps", 2}, {"kernel", 3}, {"activation", "none"}});
  const Tensor x = random_tensor({3, 2, 7}, "x");
  const Tensor alone = run(plan({conv}, spectrum), x);
  const Tensor sum = run(plan({conv, layer("r", "residual", {{"activation", "relu"}})}, spectrum), x);
  const auto joined_plan = plan({conv, layer("j", "concat")}, spectrum);
  CHECK(joined_plan[1].out == Flow{Flow::Kind::spectrum, 4, 5});
  const Tensor joined = run(joined_plan, x);
  for (Index n = 0; n < 3; ++n) {
    for (Index c = 0; c < 2; ++c) {
      for (Index l = 0; l < 5; ++l) {
        const float middle = x[(n * 2 + c) * 7 + l + 1], made = alone[(n * 2 + c) * 5 + l];
        CHECK(sum[(n * 2 + c) * 5 + l] == relu(made + middle));
        CHECK(joined[(n * 4 + c) * 5 + l] == made);
        CHECK(joined[(n * 4 + 2 + c) * 5 + l] == middle);
      }
    }
  }
}

TEST_CASE("layers: skip adds a convolution as long as those between together") {
  const Flow image{Flow::Kind::image, 2, 6};
  const auto conv = layer("c", "conv2d", {{"maps", 3}, {"kernel", 2}, {"repeat", 3}});
  const Tensor x = random_tensor({2, 2, 7, 6}, "x");
  const Tensor first = run(plan({layer("c1", "conv2d", {{"maps", 3}, {"kernel", 2}})}, image), x);
  const Tensor third = run(plan({conv}, image), x);
  const Tensor all = run(plan({conv, layer("s", "skip", {{"from", "c1"}})}, image), x);
  const Tensor w = parameter("s.weight", {3, 3, 3, 3}), b = parameter("s.bias", {3});
  CHECK(all.shape() == third.shape());
  for (Index n = 0; n < 2; ++n) {
    for (Index o = 0; o < 3; ++o) {
      for (Index i = 0; i < 4 * 3; ++i) {
        double sum = b[o];
        for (Index c = 0; c < 3; ++c) {
          for (Index k = 0; k < 9; ++k) {
            sum += double{w[(o * 3 + c) * 9 + k]} * first[((n * 3 + c) * 6 + i / 3 + k / 3) * 5 + i % 3 + k % 3];
          }
        }
        const Index at = (n * 3 + o) * 12 + i;
        CHECK(all[at] ==
              doctest::Approx(double{relu(third[at] + relu(static_cast<float>(sum)))}).epsilon(1e-4).scale(10));
      }
    }
  }
}

TEST_CASE("layers: what does not fit names the layer and the field") {
  const auto refused = [](const std::vector<std::pair<std::string, LayerDescription>>& layers, const Flow& in,
                          const char* message) { CHECK_THROWS_WITH_AS(plan(layers, in), message, ConfigError); };
  refused(
      {layer("conv", "conv1d", {{"kernel", 163}})}, kSpectrum,
      "model.layers.conv.kernel: net.conv: expected at most the 162 positions of the spectrum that are left, got 163 "
      "taps");
  refused(
      {layer("conv", "conv2d", {{"kernel", 8}, {"dilation", 5}})}, kImage,
      "model.layers.conv.kernel: net.conv: expected at most the 31 pixels of the neighbourhood's side that are left, "
      "got 8 taps over 36 pixels");
  refused(
      {layer("conv", "conv2d")}, kSpectrum,
      "model.layers.conv: net.conv: expected an image (maps x side x side) from the layer before, got a spectrum (maps "
      "x length)");
  refused({layer("a", "residual", {{"from", "b"}}), layer("b", "relu")}, kSpectrum,
          "model.layers.a.from: net.a: expected one of input, got \"b\"");
  refused(
      {layer("a", "conv1d", {{"maps", 2}}), layer("b", "residual")}, kSpectrum,
      "model.layers.b.from: net.b: expected a layer whose value is 2 x 160, or longer by an even number, got 1 x 162");
  refused({layer("a", "conv1d", {{"kernel", 2}}), layer("b", "concat")}, kSpectrum,
          "model.layers.b.from: net.b: expected a layer whose value is as long as 20 x 161, or longer by an even "
          "number, got "
          "1 x 162");
  refused({layer("a", "linear"), layer("b", "skip", {{"from", "input"}})}, kSpectrum,
          "model.layers.b.from: net.b: expected a layer whose value is of the kind of 162 and no shorter, got 1 x 162");
  refused({layer("c1", "relu"), layer("c", "conv1d", {{"kernel", 3}, {"repeat", 2}})}, kSpectrum,
          "model.layers.c: expected a name of its own, got two of c1");
  refused({layer("in put", "relu")}, kSpectrum,
          "model.layers.in put: expected a name of letters, digits and '_' other than input, got \"in put\"");
  refused({layer("input", "relu")}, kSpectrum,
          "model.layers.input: expected a name of letters, digits and '_' other than input, got \"input\"");
}

TEST_CASE("layers: described in C++, a field that is not there or of another type is refused") {
  CHECK_THROWS_WITH_AS(layer("a", "conv3d"), doctest::Contains("expected a type of layer, got conv3d"), Error);
  CHECK_THROWS_WITH_AS(layer("a", "conv1d", {{"taps", 3}}), doctest::Contains("a field 'taps'"), Error);
  CHECK_THROWS_WITH_AS(layer("a", "conv1d", {{"kernel", "three"}}), doctest::Contains("a field 'kernel'"), Error);
}

TEST_CASE("layers: a copy of a description has options of its own") {
  const LayerDescription one = layer("a", "conv1d", {{"kernel", 3}}).second;
  LayerDescription other = one;
  set_fields(other.options(), {{"kernel", 5}});
  CHECK(plan({{"a", one}}, kSpectrum)[0].out.length == 160);
  CHECK(plan({{"a", other}}, kSpectrum)[0].out.length == 158);
}

TEST_CASE("layers: on maps of a cube convolutions keep the size, and count arithmetic for a pixel and band") {
  const Flow cube{Flow::Kind::cube, 17, 1};
  const auto plans = plan({layer("first", "conv1d", {{"maps", 32}, {"kernel", 7}}),
                           layer("around", "conv2d", {{"maps", 32}, {"kernel", 3}, {"dilation", 4}}),
                           layer("sum", "residual", {{"from", "first"}}),
                           layer("last", "conv1d", {{"maps", 2}, {"kernel", 1}, {"activation", "none"}})},
                          cube);
  CHECK(plans[0].out == Flow{Flow::Kind::cube, 32, 1});
  CHECK(plans[0].out.text() == "32 of a cube");
  CHECK(plans[0].parameters[0].shape == Shape{32, 17, 7});
  CHECK(plans[1].parameters[0].shape == Shape{32, 32, 3, 3});
  CHECK(plans[1].flops == 2.0 * 32 * 32 * 9);
  CHECK(plans[2].out == plans[0].out);
  CHECK(run(plans, random_tensor({1, 3, 2, 5, 17}, "x")).shape() == Shape{1, 3, 2, 5, 2});
}

TEST_CASE("layers: what makes no sense on maps of a cube is refused with its place") {
  const auto message = [](const std::string& type, const std::vector<FieldSetting>& settings) {
    return message_of<ConfigError>([&] { plan({layer("a", type, settings)}, {Flow::Kind::cube, 17, 1}); });
  };
  const std::string keeps = " for maps of a cube, which keep their size, got ";
  CHECK(message("conv1d", {{"kernel", 4}}) == "model.layers.a.kernel: net.a: expected an odd number" + keeps + "4");
  CHECK(message("conv2d", {{"kernel", 2}}) == "model.layers.a.kernel: net.a: expected an odd number" + keeps + "2");
  CHECK(message("conv1d", {{"padding", 1}}) == "model.layers.a.padding: net.a: expected 0" + keeps + "1");
  for (const char* type : {"linear", "flatten", "skip"}) {
    const std::vector<FieldSetting> none, from{{"from", "input"}};
    CHECK(message(type, std::string(type) == "skip" ? from : none) ==
          "model.layers.a: net.a: expected features, a spectrum or an image from the layer before, got maps of a cube");
  }
}

TEST_CASE("layers: a value is let go of with the last layer that has it") {
  const Variable parameter(Tensor({1}), true);
  std::vector<std::weak_ptr<int>> made;
  std::vector<std::ptrdiff_t> alive;
  std::vector<LayerPlan> plans(6);
  plans[2].from = 0;
  plans[4].from = 2;
  for (LayerPlan& plan : plans) {
    plan.forward = [&](const LayerInputs&) {
      alive.push_back(std::count_if(made.begin(), made.end(), [](const auto& value) { return !value.expired(); }));
      const auto value = std::make_shared<int>();
      made.push_back(value);
      return Variable(Tensor({1}), {parameter}, [value](const Tensor&) {});
    };
  }
  Network(plans).forward(Variable(Tensor({1})));
  CHECK(alive == std::vector<std::ptrdiff_t>{0, 1, 2, 1, 2, 1});
}
