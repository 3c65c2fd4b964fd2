#pragma once

#include "specfuse/networks/description.h"
#include "specfuse/networks/training.h"

namespace specfuse::testing {

/// A preset small enough to train in a test: for 9 bands or more.
inline NetworkDescription small_network(const char* preset = "released") {
  NetworkDescription network = preset_network(preset);
  const auto set = [&](const char* branch, const char* layer, const std::vector<FieldSetting>& settings) {
    set_fields(network.branches.get(branch).layers.get(layer).options(), settings);
  };
  set("hsi", "conv", {{"maps", 3}, {"kernel", 3}});
  set("msi", "conv", {{"maps", 4}, {"kernel", 2}});
  network.branches.get("msi").patch = 5;
  set_fields(network.fusion.get("fc1").options(), {{"units", 8}});
  if (network.preset == "released") {
    set("hsi", "fc", {{"units", 6}});
    set("msi", "fc", {{"units", 7}});
  } else {
    set_fields(network.fusion.get("fc2").options(), {{"units", 8}});
  }
  return network;
}

/// A few steps of training.
inline TrainOptions small_training() {
  TrainOptions options;
  options.steps = 6;
  options.tile = 2;
  options.tiles = 3;
  return options;
}

}  // namespace specfuse::testing
