#include <doctest/doctest.h>

#include <algorithm>

#include "specfuse/core/error.h"
#include "specfuse/networks/branch_network.h"
#include "specfuse/networks/layer_table.h"
#include "specfuse/networks/tile_memory.h"
#include "support/network.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

NetworkPlan plan(const NetworkDescription& network, Index bands = 162, Index msi_bands = 6) {
  return plan_network(network, {bands, msi_bands}, "model");
}

Shape shape_of(const NetworkPlan& of, const std::string& name) {
  for (const LayerPlan* layer : of.layers()) {
    for (const ParameterPlan& parameter : layer->parameters) {
      if (parameter.name == name) return parameter.shape;
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
  CHECK(plan(network).receptive_radius() == 15);
  network.branches.get("msi").patch.reset();
  CHECK(plan(network).receptive_radius() == 14);  // 28 pixels are needed, 29 the next odd number
  CHECK(plan(network).feeds[1] == Feed{Input::msi, 29});
  network.branches.get("msi").enabled = false;
  CHECK(plan(network).receptive_radius() == 0);
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
                       "model.branches.hsi.layers.conv.kernel: hsi.conv3: expected at most the 44 positions of the "
                       "spectrum that are left, "
                       "got 45 taps; it takes at least 133 bands, got 132",
                       ConfigError);
  CHECK_NOTHROW(plan(network, 133));
  network.branches.get("msi").patch = 27;
  CHECK_THROWS_WITH_AS(plan(network),
                       "model.branches.msi.layers.conv.kernel: msi.conv3: expected at most the 9 pixels of the "
                       "neighbourhood's side that "
                       "are left, got 10 taps; it takes a patch of at least 28, got 27",
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
  for (auto& item : network.fusion.items) set_fields(item.second, {{"enabled", false}});
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

TEST_CASE("plan: names of branches are those of parameters, and none is that of the fusion") {
  for (const char* name : {"", "a.b", "a/b", "fusion"}) {
    NetworkDescription network = preset_network("table2");
    network.branches.items[0].first = name;
    const std::string path = concat("model.branches.", name, ": expected a name of letters, digits and '_' other than");
    CHECK_THROWS_WITH_AS(plan(network), doctest::Contains(path.c_str()), ConfigError);
  }
}

TEST_CASE("plan: branches and layers that are not enabled are not there") {
  NetworkDescription network = preset_network("released");
  for (const char* branch : {"hsi", "msi"})
    set_fields(network.branches.get(branch).layers.get("skip"), {{"enabled", false}});
  CHECK(shape_of(plan(network), "hsi.skip.weight").rank() == 0);
  set_fields(network.fusion.get("fc1"), {{"enabled", false}});
  CHECK(shape_of(plan(network), "fusion.fc1.weight").rank() == 0);
  network.branches.get("msi").enabled = false;
  const NetworkPlan without = plan(network);
  CHECK(without.feeds.size() == 1);
  CHECK(shape_of(without, "fusion.fc2.weight") == Shape{250, 250});
  set_fields(network.branches.get("hsi").layers.get("conv"), {{"enabled", false}});
  set_fields(network.branches.get("hsi").layers.get("skip"), {{"enabled", true}});
  CHECK_THROWS_WITH_AS(plan(network),
                       "model.branches.hsi.layers.skip.from: hsi.skip: expected one of input, got \"conv1\"",
                       ConfigError);
}

TEST_CASE("plan: a patch that is not given is found at the sizes there are") {
  NetworkDescription network;
  BranchDescription image;
  image.input = "msi";
  image.layers.items = {layer("c", "conv2d", {{"maps", 6}, {"kernel", 3}}), layer("sum", "residual"),
                        layer("flatten", "conv2d", {{"maps", 2}, {"kernel", 3}})};
  network.branches.items = {{"image", image}};
  network.fusion.items = {layer("out", "linear", {{"activation", "none"}})};
  CHECK(plan(network).feeds[0] == Feed{Input::msi, 5});
  CHECK(plan(network).groups[0].branches[0].layers.back().name == "image.flatten_");
  set_fields(network.branches.get("image").layers.get("c").options(), {{"maps", 5}});
  CHECK_THROWS_WITH_AS(plan(network), doctest::Contains("got 6 x 255 x 255"), ConfigError);
}

TEST_CASE("plan: what would come to nothing is refused") {
  NetworkDescription network = preset_network("table2");
  network.base = "bicubic";
  CHECK_THROWS_WITH_AS(plan(network),
                       "model.base: expected it with output residual or a branch with input base, got bicubic",
                       ConfigError);
  network.base = "none";
  network.branches.get("his").enabled = false;
  CHECK_THROWS_WITH_AS(
      plan(network),
      "model.branches.his: expected a branch that is there to leave out, got \"his\" (did you mean hsi?)", ConfigError);
  network.branches.get("his").input = "pixel";
  CHECK_NOTHROW(plan(network));
  network.branches.items.pop_back();
  network.branches.get("msi").enabled = false;
  network.branches.get("hsi").layers.items.clear();
  network.fusion.items = {layer("r", "relu")};
  CHECK_THROWS_WITH_AS(plan(network), "model.fusion: expected at least one layer with parameters, got none",
                       ConfigError);
  for (int i = 0; i < 70; ++i)
    network.fusion.items.push_back(layer(concat("c", i), "concat", {{"from", i == 0 ? "r" : concat("c", i - 1)}}));
  CHECK_THROWS_WITH_AS(plan(network), doctest::Contains("expected at most 100000000 values for a pixel"), ConfigError);
}

TEST_CASE("plan: tiles that take more memory than there is name the field and the largest layer") {
  const NetworkPlan small = plan(small_network(), 9, 2);
  // Spectra: 3 maps of 7, 5, 3 and 3 bands, 6 features; neighbourhoods of 2 x 2 tiles: 4 maps of 5, 4, 3 and 3 pixels a
  // side, and 7 features; fusion 8, 13, 13 and 9 features.
  const double spectral = 4 * (3 * (7 + 5 + 3 + 3) + 6), fusion = 4 * (8 + 13 + 13 + 9);
  const double spatial = 4 * (25 + 16 + 9 + 9) + 4 * 7;
  CHECK(training_bytes(small, {2, 3}) == 2 * 4 * 3 * (spectral + spatial + fusion));
  CHECK(fusing_bytes(small, {2, 1}) == 4 * (2 * 36 + 4 * 25));  // the neighbourhood and its first convolution
  CHECK_NOTHROW(check_tile_memory(small, {8, 8}, 64));
  CHECK_THROWS_WITH_AS(check_tile_memory(small, {1024, 65536}, 64),
                       doctest::Contains("train.tiles: 65536 tiles of 1024 x 1024"), ConfigError);
  NetworkDescription wide = small_network();
  set_fields(wide.branches.get("hsi").layers.get("conv").options(), {{"maps", 3000}});
  CHECK_THROWS_WITH_AS(check_tile_memory(plan(wide, 9, 2), {1, 1}, 4096),
                       doctest::Contains("fuse_tile: 1 tile of 4096 x 4096"), ConfigError);
}

TEST_CASE("plan: a network beyond memory names its largest layer before any is taken") {
  NetworkDescription network = preset_network("released");
  set_fields(options_of(network, "msi", "conv"), {{"maps", 65536}});
  CHECK_THROWS_WITH_AS(plan(network), doctest::Contains("model.branches.msi.layers.skip.from: msi.skip has 1.55"),
                       ConfigError);
  network = preset_network("released");
  set_fields(options_of(network, "hsi", "conv"), {{"maps", 65536}, {"repeat", 2}});
  CHECK_THROWS_WITH_AS(plan(network), doctest::Contains("model.branches.hsi.layers.conv.maps: hsi.conv2 has"),
                       ConfigError);
}

TEST_CASE("plan: the table tells layers, shapes, parameters and arithmetic") {
  NetworkDescription network = small_network();
  const std::string text = layer_table(plan(network, 9, 2));
  const auto has = [&](const char* part) { CHECK_MESSAGE(text.find(part) != std::string::npos, part, " in\n", text); };
  has("\n(msi)            input       2 x 5 x 5\n");
  has("\nhsi.skip         skip        3 x 3                    48        0.000\n");
  has("\nfusion.residual  residual    13                        0        0.000\n");
  has("receptive field 5 x 5");
  network.bands_per_network = 8;
  CHECK(layer_table(plan(network, 9, 2)).find("2 such networks, each of 8 bands, the last of 1") != std::string::npos);
}
