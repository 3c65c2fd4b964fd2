#include <doctest/doctest.h>

#include <cmath>

#include "methods/plus_example.h"
#include "specfuse/core/error.h"
#include "specfuse/core/threads.h"
#include "specfuse/methods/plus/plus_network.h"
#include "specfuse/networks/layer_table.h"
#include "specfuse/networks/training.h"
#include "specfuse/tensor/math.h"
#include "support/message_of.h"
#include "support/random.h"
#include "support/text.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

/// The network with random weights in every layer, the last one too.
PlusNetwork random_network(Index channels) {
  PlusNetwork network(plus_layers(), channels, "layers");
  for (const Parameter& parameter : network.parameters()) {
    Tensor values = parameter.value.value();
    const Tensor drawn = random_tensor(values.shape(), parameter.name);
    for (Index i = 0; i < values.size(); ++i) values[i] = 0.08f * drawn[i];
  }
  return network;
}

PlusInputs inputs_of(Index coarse_rows, Index coarse_cols) {
  PlusScene scene;
  scene.coarse_rows = coarse_rows;
  scene.coarse_cols = coarse_cols;
  return PlusInputs(plus_pair(scene).input, quick_inputs(), 0);
}

void check_close(const Refined& got, const Refined& expected) {
  CHECK(relative_gap(got.fused, expected.fused) < 1e-5);
  CHECK(relative_gap(got.error, expected.error) < 1e-5);
}

/// The mean over views of what the network makes, one value after the other.
Refined plainly_refined(const PlusNetwork& network, const PlusInputs& inputs, const std::vector<Flips>& views) {
  const Index rows = inputs.rows(), cols = inputs.cols(), bands = inputs.bands(), channels = inputs.channels();
  const Tensor seen = inputs.cut({{0, 0, rows, cols}, 0, bands});
  Refined result{Tensor({rows, cols, bands}), Tensor({rows, cols, bands})};
  for (const Flips& view : views) {
    const auto place = [&](Index r, Index c) {
      return (view.rows ? rows - 1 - r : r) * cols + (view.cols ? cols - 1 - c : c);
    };
    Tensor turned({1, rows, cols, bands, channels});
    for (Index r = 0; r < rows; ++r) {
      for (Index c = 0; c < cols; ++c) {
        const Index width = bands * channels;
        for (Index i = 0; i < width; ++i) turned[(r * cols + c) * width + i] = seen[place(r, c) * width + i];
      }
    }
    const Tensor made = network.forward(Variable(turned)).value();
    const float share = 1 / static_cast<float>(views.size());
    for (Index r = 0; r < rows; ++r) {
      for (Index c = 0; c < cols; ++c) {
        for (Index b = 0; b < bands; ++b) {
          const Index from = (place(r, c) * bands + b) * 2, to = (r * cols + c) * bands + b;
          result.fused[to] += share * made[from];
          result.error[to] += share * made[from + 1];
        }
      }
    }
  }
  for (Index i = 0; i < result.fused.size(); ++i) {
    const float e = inputs.scale()[static_cast<std::size_t>(i % bands)];
    result.fused[i] = inputs.base()[i] + e * result.fused[i];
    result.error[i] = e * std::exp(result.error[i]);
  }
  return result;
}

Layers single_layer(const char* type, const std::vector<FieldSetting>& settings) {
  Layers layers;
  layers.items.push_back(layer("only", type, settings));
  return layers;
}

}  // namespace

TEST_CASE("plus network: the usual layers see 7 pixels around one, and every layer but the last has 32 maps") {
  const PlusNetwork network(plus_layers(), 22, "layers");
  CHECK(network.reach() == 7);
  CHECK(contains(layer_table(network.plans()), "for each pixel and band, receptive field 15 x 15 pixels"));
  const std::vector<LayerPlan>& plans = network.plans();
  REQUIRE(plans.size() == 12);
  Index parameters = 0;
  for (const LayerPlan& plan : plans) {
    CHECK(plan.out.channels == (plan.name == "out" ? 2 : 32));
    parameters += plan.parameter_count();
  }
  const Index along = 7 * 32 * 32 + 32, across = 9 * 32 * 32 + 32;
  CHECK(parameters == 7 * 22 * 32 + 32 + 2 * along + 3 * across + 2 * 32 + 2);
  // Residual: nothing comes out of zero weights.
  const Variable made = network.forward(Variable(random_tensor({1, 4, 3, 5, 22}, "inputs")));
  CHECK(made.shape() == Shape{1, 4, 3, 5, 2});
  CHECK(max_abs(made.value()) == 0);
}

TEST_CASE("plus network: a pixel beyond its reach has no say, one at it has") {
  const PlusNetwork network = random_network(3);
  const Tensor inputs = random_tensor({1, 1, 18, 4, 3}, "inputs");
  Tensor changed = inputs.clone();
  changed[(17 * 4 + 2) * 3] += 10;
  const Tensor before = network.forward(Variable(inputs)).value(), after = network.forward(Variable(changed)).value();
  for (Index col = 0; col < 18; ++col) {
    bool differs = false;
    for (Index i = 0; i < 8; ++i) differs = differs || before[col * 8 + i] != after[col * 8 + i];
    INFO("column ", col);
    CHECK(differs == (col >= 17 - network.reach()));
  }
}

TEST_CASE("plus network: refines in parts of any size, with any number of threads") {
  const PlusInputs inputs = inputs_of(14, 11);
  const PlusNetwork network = random_network(inputs.channels());
  const Rectangle all{0, 0, inputs.rows(), inputs.cols()};
  const Refined whole = network.refine(inputs, all, {96, true});
  check_close(whole, plainly_refined(network, inputs, {{}, {true, false}, {false, true}, {true, true}}));
  check_close(network.refine(inputs, all, {96, false}), plainly_refined(network, inputs, {{}}));
  CHECK(relative_gap(network.refine(inputs, all, {96, false}).fused, whole.fused) > 1e-4);
  CHECK(relative_gap(whole.fused, inputs.base()) > 1e-3);
  for (const Index tile : {7, 16}) check_close(network.refine(inputs, all, {tile, true}), whole);
  const Rectangle part{3, 2, 6, 7};
  Cube image;
  image.values = whole.fused;
  CHECK(relative_gap(network.refine(inputs, part, {4, true}).fused, crop(image, part).values) < 1e-5);
  image.values = whole.error;
  CHECK(relative_gap(network.refine(inputs, part, {4, true}).error, crop(image, part).values) < 1e-5);
  const int before = threads();
  set_threads(1);
  const Refined one = network.refine(inputs, all, {16, true});
  set_threads(2);
  const Refined two = network.refine(inputs, all, {16, true});
  set_threads(before);
  CHECK(relative_gap(one.fused, two.fused) == 0);
  CHECK(relative_gap(one.error, two.error) == 0);
}

TEST_CASE("plus network: flips") {
  const Tensor x = random_tensor({3, 4, 5, 2}, "x");
  for (int choice = 0; choice < 16; ++choice) {
    const Flips flips{(choice & 1) != 0, (choice & 2) != 0, (choice & 4) != 0, (choice & 8) != 0};
    const Tensor y = flipped(x, flips);
    // Turned back, rows and columns have changed places.
    const Flips back = flips.turned ? Flips{flips.cols, flips.rows, flips.bands, true} : flips;
    CHECK(relative_gap(flipped(y, back), x) == 0);
    REQUIRE(y.dim(0) == (flips.turned ? 4 : 3));
    Index off = 0;
    for (Index i = 0; i < y.size(); ++i) {
      const Index c = i % 2, b = i / 2 % 5, second = i / 10 % y.dim(1), first = i / 10 / y.dim(1);
      const Index row = flips.turned ? second : first, col = flips.turned ? first : second;
      const Index at =
          ((flips.rows ? 2 - row : row) * 4 + (flips.cols ? 3 - col : col)) * 5 + (flips.bands ? 4 - b : b);
      off += y[i] != x[at * 2 + c];
    }
    INFO("choice ", choice);
    CHECK(off == 0);
  }
}

TEST_CASE("plus network: layers that do not end in two maps, and other channels, are refused") {
  const auto refusal = [](const Layers& layers) {
    return message_of<ConfigError>([&] { PlusNetwork(layers, 5, "model.layers"); });
  };
  CHECK(refusal({}) == "model.layers: expected 2 maps from the last layer, got none");
  CHECK(refusal(single_layer("conv1d", {{"maps", 3}, {"kernel", 1}}))
            .starts_with("model.layers: expected 2 maps from the last layer, got "));
  CHECK(refusal(single_layer("conv1d", {{"maps", 2}, {"kernel", 1}})) == "nothing was thrown");
  CHECK(refusal(single_layer("flatten", {})).starts_with("model.layers.only"));
  const PlusNetwork network(plus_layers(), 5, "layers");
  CHECK_THROWS_WITH_AS(network.refine(inputs_of(4, 4), {0, 0, 4, 4}, {}),
                       doctest::Contains("refine: expected 5 channels, got 14"), Error);
}
