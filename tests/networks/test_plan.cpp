#include <doctest/doctest.h>

#include <algorithm>

#include "specfuse/core/error.h"
#include "specfuse/networks/branch_network.h"
#include "specfuse/networks/layer_table.h"
#include "support/network.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

NetworkPlan plan(const NetworkDescription& network, Index bands = 162, Index msi_bands = 6) {
  return plan_network(network, {bands, msi_bands}, "model");
}

Shape shape_of(const NetworkPlan& of, const std::string& name) {
  for (const GroupPlan& group : of.groups) {
    for (const LayerPlan* layer : group.layers()) {
      for (const ParameterPlan& parameter : layer->parameters) {
        if (parameter.name == name) return parameter.shape;
      }
    }
  }
  return {};
}

LayerOptions& options_of(NetworkDescription& network, const std::string& branch, const std::string& layer) {
  return network.branches.get(branch).layers.get(layer).options();
}

}  // namespace

TEST_CASE("plan: the released network has the published shapes") {
  const NetworkPlan released = plan(preset_network("released"));
  CHECK(BranchNetwork(released).parameters().size() == 26);
  CHECK(shape_of(released, "hsi.conv1.weight") == Shape{20, 1, 45});
  CHECK(shape_of(released, "hsi.conv3.weight") == Shape{20, 20, 45});
  CHECK(shape_of(released, "hsi.skip.weight") == Shape{20, 20, 89});
  CHECK(shape_of(released, "hsi.fc.weight") == Shape{250, 600});
  CHECK(shape_of(released, "msi.conv1.weight") == Shape{30, 6, 10, 10});
  CHECK(shape_of(released, "msi.skip.weight") == Shape{30, 30, 19, 19});
  CHECK(shape_of(released, "msi.fc.weight") == Shape{200, 480});
  CHECK(shape_of(released, "fusion.fc1.weight") == Shape{450, 450});
  CHECK(shape_of(released, "fusion.fc2.weight") == Shape{450, 450});
  CHECK(shape_of(released, "fusion.out.weight") == Shape{162, 450});
  const Index hsi = (45 + 1) * 20 + 2 * (20 * 45 + 1) * 20 + (20 * 89 + 1) * 20 + (600 + 1) * 250;
  const Index msi = (6 * 100 + 1) * 30 + 2 * (30 * 100 + 1) * 30 + (30 * 361 + 1) * 30 + (480 + 1) * 200;
  CHECK(released.parameter_count() == hsi + msi + 2 * 451 * 450 + 451 * 162);
  // Per pixel, without the fully connected layers: the positions of each convolution of the HSI branch, and one of each
  // of the MSI branch, which neighbouring pixels share.
  const double along = 118 * 20 * 45 + (74 + 30) * 400 * 45 + 30 * 400 * 89;
  const double around = 30 * 600 + 2 * 900 * 100 + 900 * 361;
  const double fc = 600 * 250 + 480 * 200 + 2 * 450 * 450 + 450 * 162;
  CHECK(released.flops() == 2 * (along + around + fc));
}

TEST_CASE("plan: the table2 network has no skips and no branch layers") {
  const NetworkPlan table2 = plan(preset_network("table2"));
  CHECK(BranchNetwork(table2).parameters().size() == 18);
  CHECK(shape_of(table2, "hsi.skip.weight").rank() == 0);
  CHECK(shape_of(table2, "fusion.fc1.weight") == Shape{450, 600 + 480});
  CHECK(shape_of(table2, "fusion.fc2.weight") == Shape{450, 450});
}

TEST_CASE("plan: the receptive field is the widest neighbourhood, and without one that the layers leave a pixel of") {
  NetworkDescription network = preset_network("released");
  CHECK(receptive_radius(network, "model") == 15);
  network.branches.get("msi").patch.reset();
  CHECK(receptive_radius(network, "model") == 14);  // 28 pixels are needed, 29 the next odd number
  CHECK(plan(network).feeds[1] == Feed{Input::msi, 29});
  network.branches.remove("msi");
  CHECK(receptive_radius(network, "model") == 0);
}

TEST_CASE("plan: branches that are fed with the same share it") {
  NetworkDescription network = preset_network("table2");
  network.branches.items.emplace_back("second", network.branches.get("hsi"));
  const NetworkPlan three = plan(network);
  CHECK(three.feeds.size() == 2);
  CHECK(three.groups[0].branches[2].feed == 0);
}

TEST_CASE("plan: a network for each group of bands, the last of what is left") {
  NetworkDescription network = small_network();
  network.bands_per_network = 4;
  const NetworkPlan grouped = plan(network, 9, 2);
  REQUIRE(grouped.groups.size() == 3);
  CHECK(grouped.groups[0].bands == 4);
  CHECK(grouped.groups[2].bands == 1);
  CHECK(shape_of(grouped, "group1.fusion.out.weight") == Shape{4, 13});
  CHECK(shape_of(grouped, "group3.fusion.out.weight") == Shape{1, 13});
  network.bands_per_network = 9;
  CHECK(shape_of(plan(network, 9, 2), "fusion.out.weight") == Shape{9, 13});
}

TEST_CASE("plan: too few bands, and too small or even patches, are refused with the smallest that will do") {
  NetworkDescription network = preset_network("released");
  CHECK_THROWS_WITH_AS(plan(network, 132),
                       "model.branches.hsi.layers.conv.kernel: hsi.conv3 needs at least 133 bands, got 132",
                       ConfigError);
  CHECK_NOTHROW(plan(network, 133));
  network.branches.get("msi").patch = 27;
  CHECK_THROWS_WITH_AS(plan(network), "model.branches.msi.patch: msi.conv3 needs a patch of at least 28, got 27",
                       ConfigError);
  network.branches.get("msi").patch = 30;
  CHECK_THROWS_WITH_AS(plan(network), "model.branches.msi.patch: expected an odd number, got 30", ConfigError);
  network.branches.get("msi").patch = 31;
  network.branches.get("hsi").patch = 3;
  CHECK_THROWS_WITH_AS(plan(network),
                       doctest::Contains("model.branches.hsi.patch: expected it with input msi or stack only"),
                       ConfigError);
}

TEST_CASE("plan: parts that are missing or do not fit each other are named") {
  NetworkDescription network;
  CHECK_THROWS_WITH_AS(plan(network), doctest::Contains("model.branches: expected at least one"), ConfigError);
  network = preset_network("table2");
  network.fusion.items.clear();
  CHECK_THROWS_WITH_AS(plan(network), doctest::Contains("model.fusion: expected at least the layer"), ConfigError);
  network = preset_network("table2");
  set_fields(network.fusion.get("out").options(), {{"units", 7}});
  CHECK_THROWS_WITH_AS(plan(network),
                       "model.fusion.out.units: fusion.out: expected the 162 bands from the last layer, got 7",
                       ConfigError);
  network = preset_network("table2");
  network.fusion.items.push_back(layer("more", "concat", {{"from", "fc1"}}));
  CHECK_THROWS_WITH_AS(plan(network), doctest::Contains("model.fusion.more: fusion.more: expected the 162 bands"),
                       ConfigError);
  network = preset_network("table2");
  network.output = "residual";
  CHECK_THROWS_WITH_AS(plan(network), doctest::Contains("model.base: expected a method for output residual"),
                       ConfigError);
  network.output = "direct";
  network.branches.get("hsi").input = "base";
  CHECK_THROWS_WITH_AS(plan(network), doctest::Contains("model.branches.hsi.input: expected a method as model.base"),
                       ConfigError);
}

TEST_CASE("plan: a network beyond memory names its largest layer before any is taken") {
  NetworkDescription network = preset_network("released");
  set_fields(options_of(network, "msi", "conv"), {{"maps", 65536}});
  CHECK_THROWS_WITH_AS(plan(network), doctest::Contains("model.branches.msi.layers.skip.from: msi.skip has 1.55"),
                       ConfigError);
}

TEST_CASE("plan: the table tells layers, shapes, parameters and arithmetic") {
  NetworkDescription network = small_network();
  const std::string text = layer_table(plan(network, 9, 2));
  const auto has = [&](const char* part) { CHECK_MESSAGE(text.find(part) != std::string::npos, part, " in\n", text); };
  has("(msi)                  input       2 x 5 x 5");
  has("hsi.skip               skip        3 x 3 ");
  has("fusion.out             linear      9                       126        0.000");
  has("receptive field 5 x 5");
  network.bands_per_network = 8;
  CHECK(layer_table(plan(network, 9, 2)).find("2 such networks, each of 8 bands, the last of 1") != std::string::npos);
}
