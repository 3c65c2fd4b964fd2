#include "specfuse/networks/plan.h"

#include <algorithm>

#include "specfuse/core/error.h"

namespace specfuse {
namespace {

/// Longer than any spectrum, and wider than any neighbourhood: what layers take off shows best where nothing is short.
constexpr Index kLongSpectrum = Index{1} << 16, kWidePatch = Index{1} << 10;

Flow flow_of(const Feed& feed, const NetworkSizes& sizes) {
  switch (feed.input) {
    case Input::msi:
      return {Flow::Kind::image, sizes.msi_bands, feed.patch};
    case Input::stack:
      return {Flow::Kind::image, sizes.msi_bands + sizes.bands, feed.patch};
    case Input::pixel:
      return {Flow::Kind::features, 2 * sizes.msi_bands, 1};
    case Input::spectrum:
    case Input::base:
      break;
  }
  return {Flow::Kind::spectrum, 1, sizes.bands};
}

/// Where a branch stands.
struct BranchSite {
  std::string path, prefix;
};

LayersSite site_of(const BranchSite& at, const Feed& feed, const NetworkSizes& sizes) {
  return {concat(at.path, ".layers"), at.prefix, flow_of(feed, sizes)};
}

/// What is the least that `whole` may be for each layer to get what it needs, and which needs most.
struct Need {
  Index least = 1;
  const LayerPlan* layer = nullptr;
};
Need need_of(const std::vector<LayerPlan>& layers, Flow::Kind kind, Index whole) {
  Need need;
  for (const LayerPlan& layer : layers) {
    if (layer.out.kind != kind) continue;
    const Index least = whole - layer.out.length + 1;
    if (least > need.least) need = {least, &layer};
  }
  return need;
}

/// The layers of a branch where nothing is short; none where they fit no size, which planning at the real one tells in
/// real numbers.
std::vector<LayerPlan> plan_large(const BranchDescription& branch, const LayersSite& large) {
  try {
    return plan_layers(branch.layers, large);
  } catch (const ConfigError&) {
    return {};
  }
}

/// The side of the neighbourhood of a branch that is fed with one.
Index patch_of(const BranchDescription& branch, const BranchSite& at, const NetworkSizes& sizes) {
  const Feed wide{input_of(branch.input), kWidePatch};
  const LayersSite large = site_of(at, wide, sizes);
  const auto layers = branch.patch ? plan_large(branch, large) : plan_layers(branch.layers, large);
  const Need need = need_of(layers, Flow::Kind::image, kWidePatch);
  if (!branch.patch) return need.least + 1 - need.least % 2;
  SPECFUSE_CHECK_AS(ConfigError, need.least <= *branch.patch, at.path, ".patch: ", need.layer->name,
                    " needs a patch of at least ", need.least, ", got ", *branch.patch);
  return *branch.patch;
}

class Planner {
 public:
  Planner(const NetworkDescription& description, const NetworkSizes& sizes, const std::string& path)
      : description_(description), path_(path) {
    plan_.sizes = sizes;
  }

  NetworkPlan plan() {
    const Index bands = plan_.sizes.bands, together = description_.bands_per_network.value_or(bands);
    check_parts();
    for (Index first = 0; first < bands; first += together) {
      const bool several = together < bands;
      add_group(std::min(together, bands - first), several ? concat("group", plan_.groups.size() + 1, ".") : "");
    }
    check_memory();
    return std::move(plan_);
  }

 private:
  void check_parts() const {
    SPECFUSE_CHECK_AS(ConfigError, !description_.branches.items.empty(), path_,
                      ".branches: expected at least one, got none");
    SPECFUSE_CHECK_AS(ConfigError, !description_.fusion.items.empty(), path_,
                      ".fusion: expected at least the layer that makes the bands, got none");
    SPECFUSE_CHECK_AS(ConfigError, description_.output == "direct" || description_.base != "none", path_,
                      ".base: expected a method for output residual, got none");
  }

  void add_group(Index bands, const std::string& prefix) {
    GroupPlan group;
    group.bands = bands;
    Index joint = 0;
    for (const auto& [name, branch] : description_.branches.items) {
      group.branches.push_back(plan_branch(branch, {concat(path_, ".branches.", name), concat(prefix, name, ".")}));
      joint += group.branches.back().layers.back().out.size();
    }
    const std::string fusion = concat(path_, ".fusion");
    group.fusion =
        plan_layers(description_.fusion, {fusion, concat(prefix, "fusion."), {Flow::Kind::features, joint, 1}, bands});
    const LayerPlan& last = group.fusion.back();
    SPECFUSE_CHECK_AS(ConfigError, last.out == (Flow{Flow::Kind::features, bands, 1}), last.path,
                      last.size_field.empty() ? "" : ".", last.size_field, ": ", last.name, ": expected the ", bands,
                      " bands from the last layer, got ", last.out.text());
    plan_.groups.push_back(std::move(group));
  }

  BranchPlan plan_branch(const BranchDescription& branch, const BranchSite& at) {
    Feed feed{input_of(branch.input)};
    SPECFUSE_CHECK_AS(ConfigError, feed.input != Input::base || description_.base != "none", at.path,
                      ".input: expected a method as ", path_, ".base for input base, got none");
    SPECFUSE_CHECK_AS(ConfigError, feed.is_image() || !branch.patch, at.path,
                      ".patch: expected it with input msi or stack only, got it with ", branch.input);
    SPECFUSE_CHECK_AS(ConfigError, branch.patch.value_or(1) % 2 == 1, at.path, ".patch: expected an odd number, got ",
                      *branch.patch);
    if (feed.is_image()) feed.patch = patch_of(branch, at, plan_.sizes);
    if (feed.input == Input::spectrum || feed.input == Input::base) check_length(branch, at);
    BranchPlan plan;
    const LayersSite site = site_of(at, feed, plan_.sizes);
    plan.layers = plan_layers(branch.layers, site);
    if (plan.layers.empty() || plan.layers.back().out.kind != Flow::Kind::features) {
      // The fusion takes vectors.
      Layers layers = branch.layers;
      layers.items.push_back(layer("flatten", "flatten"));
      plan.layers = plan_layers(layers, site);
    }
    const auto known = std::find(plan_.feeds.begin(), plan_.feeds.end(), feed);
    plan.feed = static_cast<std::size_t>(known - plan_.feeds.begin());
    if (known == plan_.feeds.end()) plan_.feeds.push_back(feed);
    return plan;
  }

  void check_length(const BranchDescription& branch, const BranchSite& at) const {
    const NetworkSizes large{kLongSpectrum, plan_.sizes.msi_bands};
    const auto layers = plan_large(branch, site_of(at, {input_of(branch.input)}, large));
    const Need need = need_of(layers, Flow::Kind::spectrum, kLongSpectrum);
    SPECFUSE_CHECK_AS(ConfigError, need.least <= plan_.sizes.bands, need.layer->path, ".kernel: ", need.layer->name,
                      " needs at least ", need.least, " bands, got ", plan_.sizes.bands);
  }

  void check_memory() const {
    double all = 0;
    const LayerPlan* largest = nullptr;
    for (const GroupPlan& group : plan_.groups) {
      for (const LayerPlan* layer : group.layers()) {
        all += static_cast<double>(layer->parameter_count());
        if (largest == nullptr || layer->parameter_count() > largest->parameter_count()) largest = layer;
      }
    }
    const double bytes = 4 * sizeof(float) * all;
    SPECFUSE_CHECK_AS(ConfigError, bytes <= memory_bytes(), largest->path, ".", largest->size_field, ": ",
                      largest->name, " has ", static_cast<double>(largest->parameter_count()), " of ", all,
                      " parameters; with their gradients and two moments they take ", bytes / 1e9,
                      " GB, more than the ", memory_bytes() / 1e9, " GB of memory here");
  }

  const NetworkDescription& description_;
  std::string path_;
  NetworkPlan plan_;
};

}  // namespace

Index receptive_radius(const NetworkDescription& description, const std::string& path) {
  Index widest = 1;
  for (const auto& [name, branch] : description.branches.items) {
    if (!Feed{input_of(branch.input)}.is_image()) continue;
    widest = std::max(widest, patch_of(branch, {concat(path, ".branches.", name), concat(name, ".")}, {1, 1}));
  }
  return widest / 2;
}

std::vector<const LayerPlan*> GroupPlan::layers() const {
  std::vector<const LayerPlan*> all;
  for (const BranchPlan& branch : branches) {
    for (const LayerPlan& layer : branch.layers) all.push_back(&layer);
  }
  for (const LayerPlan& layer : fusion) all.push_back(&layer);
  return all;
}

Index NetworkPlan::parameter_count() const {
  Index count = 0;
  for (const GroupPlan& group : groups) {
    for (const LayerPlan* layer : group.layers()) count += layer->parameter_count();
  }
  return count;
}

double NetworkPlan::flops() const {
  double total = 0;
  for (const GroupPlan& group : groups) {
    for (const LayerPlan* layer : group.layers()) total += layer->flops;
  }
  return total;
}

NetworkPlan plan_network(const NetworkDescription& description, const NetworkSizes& sizes, const std::string& path) {
  return Planner(description, sizes, path).plan();
}

}  // namespace specfuse
