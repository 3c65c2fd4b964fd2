#include <doctest/doctest.h>

#include <algorithm>

#include "specfuse/autograd/ops.h"
#include "specfuse/networks/branch_network.h"
#include "specfuse/networks/tiles.h"
#include "specfuse/networks/training.h"
#include "specfuse/tensor/math.h"
#include "support/example.h"
#include "support/gradient_check.h"
#include "support/network.h"
#include "support/random.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

/// The presets, and a network of every kind of input that has each way to join.
std::vector<NetworkDescription> networks() {
  NetworkDescription mixed;
  BranchDescription around;
  around.input = "stack";
  around.layers.items = {layer("a", "conv2d", {{"maps", 4}, {"kernel", 2}, {"activation", "none"}}),
                         layer("n", "layer_norm"), layer("l", "leaky_relu"),
                         layer("b", "conv2d", {{"maps", 4}, {"kernel", 3}, {"activation", "none"}}),
                         layer("r", "residual", {{"from", "l"}, {"activation", "relu"}})};
  BranchDescription along;
  along.layers.items = {layer("c", "conv1d", {{"maps", 2}, {"kernel", 3}, {"dilation", 2}, {"padding", 2}}),
                        layer("j", "concat"), layer("d", "conv1d", {{"maps", 3}, {"kernel", 4}})};
  BranchDescription here;
  here.input = "pixel";
  mixed.branches.items = {{"around", around}, {"along", along}, {"here", here}};
  mixed.fusion.items = {layer("fc", "linear", {{"units", 11}}), layer("out", "linear", {{"activation", "none"}})};
  NetworkDescription grouped = small_network("table2");
  grouped.bands_per_network = 4;
  return {small_network("released"), small_network("table2"), mixed, grouped};
}

NetworkPlan small_plan(const NetworkDescription& network) { return plan_network(network, {9, 2}, "model"); }

/// Feeds of `tiles` tiles of 2 x 2 pixels, drawn so that no ReLU is close to its kink.
std::vector<Tensor> random_feeds(const NetworkPlan& plan, Index tiles) {
  std::vector<Tensor> feeds;
  for (const Feed& feed : plan.feeds) {
    const Index side = 2 + feed.patch - 1, channels = feed.input == Input::stack ? 11 : 2;
    const Shape rows{4 * tiles, feed.input == Input::pixel ? 4 : 9};
    feeds.push_back(random_tensor(feed.is_image() ? Shape{tiles, channels, side, side} : rows,
                                  feed.is_image() ? "window" : "spectra"));
  }
  return feeds;
}

/// Biases that keep a ReLU whose inputs are all zero away from its kink.
void initialize_off_kinks(const std::vector<Parameter>& parameters) {
  initialize(parameters, {}, 3);
  for (const Parameter& parameter : parameters) {
    Tensor bias = parameter.value.value();
    if (parameter.role == Role::bias) fill(bias, 0.3f);
  }
}

}  // namespace

TEST_CASE("branch network: gradients of what feeds it agree with differences") {
  for (const NetworkDescription& network : networks()) {
    const NetworkPlan plan = small_plan(network);
    const BranchNetwork net(plan);
    initialize_off_kinks(net.parameters());
    const auto forward = [&](const std::vector<Variable>& inputs) { return net.forward(inputs); };
    CHECK(gradient_gap(forward, random_feeds(plan, 1), {1e-3f}) < 3e-3);
  }
}

TEST_CASE("branch network: gradients of every parameter agree with differences") {
  for (const NetworkDescription& network : networks()) {
    const NetworkPlan plan = small_plan(network);
    const BranchNetwork net(plan);
    initialize_off_kinks(net.parameters());
    std::vector<Variable> feeds;
    for (const Tensor& feed : random_feeds(plan, 2)) feeds.emplace_back(feed);
    // Not the loss: of a sum of squares float32 leaves too few digits for the small gradients.
    const Tensor cotangent = random_tensor({8, 9}, "cotangent");
    net.forward(feeds).backward(cotangent);
    const NoGrad no_grad;
    const auto along = [&] { return dot(net.forward(feeds).value(), cotangent); };
    for (const Parameter& parameter : net.parameters()) {
      const std::string name = parameter.name;
      CAPTURE(name);
      Tensor value = parameter.value.value();
      const Tensor& grad = parameter.value.grad();
      for (Index i = 0; i < value.size(); i += std::max<Index>(1, value.size() / 7)) {
        const float before = value[i], step = 3e-4f;
        value[i] = before + step;
        const double above = along();
        value[i] = before - step;
        const double below = along();
        value[i] = before;
        CHECK((above - below) / (2 * double{step}) ==
              doctest::Approx(double{grad[i]}).epsilon(0.02).scale(max_abs(grad)));
      }
    }
  }
}

TEST_CASE("branch network: 64 tiles of one pixel are one tile of 8 x 8: output and gradients") {
  for (const NetworkDescription& network : networks()) {
    const TrainingPair example = small_example(6, 5, 9, 2);
    const NetworkPlan plan = small_plan(network);
    const BranchNetwork net(plan);
    initialize(net.parameters(), {}, 1);
    const Normalization normalization = Normalization::of({example});
    TileSource source(network_scene(example.input, {}, plan.feeds), plan.feeds, normalization, {0, 0, 12, 10});
    source.target = normalization.target.apply(example.target.values);
    const auto differentiate = [&](const std::vector<TilePlace>& places) {
      for (Parameter& parameter : net.parameters()) parameter.value.clear_grad();
      const TileBatch batch = cut_tiles(places);
      const Variable fused = net.forward({batch.feeds.begin(), batch.feeds.end()});
      euclidean_loss(fused, batch.target).backward();
      std::vector<Tensor> all{fused.value()};
      for (const Parameter& parameter : net.parameters()) all.push_back(parameter.value.grad());
      return all;
    };
    std::vector<TilePlace> pixels;
    for (Index i = 0; i < 64; ++i) pixels.push_back({&source, {3 + i / 8, 1 + i % 8, 1, 1}});
    const auto apart = differentiate(pixels), together = differentiate({{&source, {3, 1, 8, 8}}});
    for (std::size_t i = 0; i < apart.size(); ++i) CHECK(relative_gap(apart[i], together[i]) < 1e-5);
  }
}

TEST_CASE("branch network: a network of its own for each group of bands") {
  NetworkDescription network = small_network("table2");
  network.bands_per_network = 4;
  const NetworkPlan plan = small_plan(network);
  const BranchNetwork net(plan);
  initialize(net.parameters(), {}, 5);
  std::vector<Variable> feeds;
  for (const Tensor& feed : random_feeds(plan, 1)) feeds.emplace_back(feed);
  const Tensor before = net.forward(feeds).value();
  for (const Parameter& parameter : net.parameters()) {
    Tensor value = parameter.value.value();
    if (parameter.name == "group2.fusion.out.bias") fill(value, 1.0f);
  }
  const Tensor after = net.forward(feeds).value();
  for (Index p = 0; p < 4; ++p) {
    for (Index b = 0; b < 9; ++b) {
      CHECK(after[p * 9 + b] == (b >= 4 && b < 8 ? before[p * 9 + b] + 1.0f : before[p * 9 + b]));
    }
  }
}

TEST_CASE("branch network: the fusion sees the branches in their order") {
  NetworkDescription network;
  BranchDescription spectrum, pixel;
  pixel.input = "pixel";
  network.branches.items = {{"first", spectrum}, {"second", pixel}};
  network.fusion.items = {layer("out", "linear", {{"activation", "none"}})};
  const NetworkPlan plan = small_plan(network);
  const BranchNetwork net(plan);
  Tensor weight = net.parameters()[0].value.value();
  REQUIRE(weight.shape() == Shape{9, 9 + 4});
  weight[3] = 1;           // band 0 is the fourth of the spectrum
  weight[13 + 9 + 2] = 1;  // band 1 the third of the pixel's features
  const std::vector<Tensor> feeds = random_feeds(plan, 1);
  const Tensor out = net.forward({Variable(feeds[0]), Variable(feeds[1])}).value();
  for (Index p = 0; p < 4; ++p) {
    CHECK(out[p * 9] == feeds[0][p * 9 + 3]);
    CHECK(out[p * 9 + 1] == feeds[1][p * 4 + 2]);
  }
}
