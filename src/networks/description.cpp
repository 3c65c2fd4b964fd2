#include "specfuse/networks/description.h"

#include <array>

#include "specfuse/core/error.h"

namespace specfuse {
namespace {

constexpr std::array<std::pair<const char*, Input>, 5> kInputs = {{{"spectrum", Input::spectrum},
                                                                   {"msi", Input::msi},
                                                                   {"stack", Input::stack},
                                                                   {"pixel", Input::pixel},
                                                                   {"base", Input::base}}};

using NamedLayer = std::pair<std::string, LayerDescription>;

std::pair<std::string, BranchDescription> branch(const std::string& name, const std::string& input,
                                                 const std::vector<NamedLayer>& layers) {
  BranchDescription description;
  description.input = input;
  if (input == "msi") description.patch = 31;
  description.layers.items = layers;
  return {name, description};
}

NamedLayer published_conv1d() { return layer("conv", "conv1d", {{"maps", 20}, {"kernel", 45}, {"repeat", 3}}); }
NamedLayer published_conv2d() { return layer("conv", "conv2d", {{"maps", 30}, {"kernel", 10}, {"repeat", 3}}); }
NamedLayer skip_from_first() { return layer("skip", "skip", {{"from", "conv1"}}); }

NetworkDescription released_network() {
  NetworkDescription network;
  network.branches.items = {
      branch("hsi", "spectrum", {published_conv1d(), skip_from_first(), layer("fc", "linear", {{"units", 250}})}),
      branch("msi", "msi", {published_conv2d(), skip_from_first(), layer("fc", "linear", {{"units", 200}})}),
  };
  network.fusion.items = {layer("fc1", "linear", {{"units", 450}}), layer("fc2", "linear"),
                          layer("residual", "residual", {{"activation", "relu"}}),
                          layer("out", "linear", {{"activation", "none"}})};
  return network;
}

NetworkDescription table2_network() {
  NetworkDescription network;
  network.branches.items = {branch("hsi", "spectrum", {published_conv1d()}),
                            branch("msi", "msi", {published_conv2d()})};
  network.fusion.items = {layer("fc1", "linear", {{"units", 450}}), layer("fc2", "linear", {{"units", 450}}),
                          layer("out", "linear", {{"activation", "none"}})};
  return network;
}

}  // namespace

NetworkDescription preset_network(const std::string& preset) {
  NetworkDescription network;
  if (preset == "released") network = released_network();
  if (preset == "table2") network = table2_network();
  network.preset = preset;
  return network;
}

std::string input_name(Input input) {
  for (const auto& [name, known] : kInputs) {
    if (known == input) return name;
  }
  return {};
}

Input input_of(const std::string& name) {
  for (const auto& [known, input] : kInputs) {
    if (known == name) return input;
  }
  throw Error(concat("input_of: expected the name of an input, got ", name));
}

void BranchDescription::describe(FieldVisitor& fields) {
  Choices names{};
  for (const auto& known : kInputs) names.texts.emplace_back(known.first);
  fields(
      "input", input, names,
      "What feeds it: `spectrum`, the up-sampled HSI at the pixel; `msi`, the MSI around it; `stack`, the MSI and the "
      "up-sampled HSI around it as channels of one image; `pixel`, the MSI at the pixel and its detail beyond the "
      "HSI's resolution; `base`, the base estimate at the pixel.");
  fields(
      "patch", patch, Range{1, 255}, Label{"neighbourhood", "fine pixels", "the smallest"},
      "Side of the neighbourhood of `msi` and `stack` in fine pixels, odd; null: the smallest that the layers leave a "
      "pixel of.");
  fields("layers", layers, "Layers in turn, by name.");
  fields("enabled", enabled, Label{"presence"}, "Whether it is there; `false` leaves out a branch of the preset.");
}

void NetworkDescription::describe(FieldVisitor& fields) {
  const std::string before = preset;
  fields("preset", preset, Choices{"released", "table2", "none"}, Label{"preset"},
         "What the other fields change: `released`, the authors' code, with a skip convolution in each branch, branch "
         "FCs and a residual fusion; `table2`, the paper's table as it is quoted, without them; `none`, an empty "
         "network.");
  if (preset != before) *this = preset_network(preset);
  fields("branches", branches, Label{"branch"}, "Branches by name.");
  fields("fusion", fusion, "Layers by name, on the values of all branches as one vector.");
  fields("base", base, Label{"base estimate"},
         "The method that makes the base estimate, such as `linear_injection`, with its default options; `none`: there "
         "is none.");
  fields("output", output, Choices{"direct", "residual"}, Label{"output"},
         "Whether the network makes the spectrum, or what the base estimate lacks.");
  fields("bands_per_network", bands_per_network, Range{1, 10000}, Label{"bands per network", "", "all"},
         "Bands that are reconstructed together: a network of its own for each group of so many; null: one for all.");
}

}  // namespace specfuse
