#pragma once

#include <string>
#include <vector>

#include "specfuse/networks/description.h"

namespace specfuse {

/// Bands of the images that a network is for.
struct NetworkSizes {
  Index bands = 0, msi_bands = 0;
};

/// What is cut for branches: an input, and the side of its neighbourhood (1: the pixel alone).
struct Feed {
  Input input = Input::spectrum;
  Index patch = 1;
  bool operator==(const Feed&) const = default;
  /// Whether it is an image of what surrounds a pixel.
  bool is_image() const { return input == Input::msi || input == Input::stack; }
};

struct BranchPlan {
  /// Place among the feeds.
  std::size_t feed = 0;
  std::vector<LayerPlan> layers;
};

/// The network of one group of bands.
struct GroupPlan {
  Index bands = 0;
  std::vector<BranchPlan> branches;
  std::vector<LayerPlan> fusion;
};

/// A described network for images of certain bands, with all its shapes, before any memory is taken for it.
struct NetworkPlan {
  NetworkSizes sizes;
  std::vector<Feed> feeds;
  std::vector<GroupPlan> groups;

  /// Of all groups, those of the branches before the fusion.
  std::vector<const LayerPlan*> layers() const;
  Index parameter_count() const;
  /// Of plain arithmetic for one pixel in large tiles.
  double flops() const;
  /// Half the widest neighbourhood, in fine pixels.
  Index receptive_radius() const;
};

/// Throws `ConfigError` naming the layer and the field where something does not fit, with the smallest that would, or
/// where parameters, gradients and the optimiser's moments do not fit into memory. `path` is where the description
/// stands in the configuration, such as "model".
NetworkPlan plan_network(const NetworkDescription& description, const NetworkSizes& sizes, const std::string& path);

}  // namespace specfuse
