#include "specfuse/networks/plan.h"

#include <algorithm>

#include "specfuse/core/error.h"
#include "specfuse/core/nearest.h"

namespace specfuse {
namespace {

/// The widest neighbourhood, and more bands than any sensor has.
constexpr Index kWidestPatch = 255, kMostBands = 4096;

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

/// The layers of a branch that is fed so.
std::vector<LayerPlan> plan_branch_layers(const BranchDescription& branch, const BranchSite& at, const Feed& feed,
                                          const NetworkSizes& sizes) {
  return plan_layers(branch.layers, {concat(at.path, ".layers"), at.prefix, flow_of(feed, sizes)});
}

bool fits(const BranchDescription& branch, const BranchSite& at, const Feed& feed, const NetworkSizes& sizes) {
  try {
    plan_branch_layers(branch, at, feed, sizes);
    return true;
  } catch (const ConfigError&) {
    return false;
  }
}

/// The side of the neighbourhood of a branch that is fed with one.
Index patch_of(const BranchDescription& branch, const BranchSite& at, const NetworkSizes& sizes) {
  if (branch.patch) return *branch.patch;
  Feed feed{input_of(branch.input)};
  while (feed.patch < kWidestPatch && !fits(branch, at, feed, sizes)) feed.patch += 2;
  return feed.patch;
}

/// The least size from which on the layers fit that do not fit this feed, as words behind a message; empty where none
/// is known.
std::string least_that_fits(const BranchDescription& branch, const BranchSite& at, const Feed& given,
                            const NetworkSizes& sizes) {
  Feed feed = given;
  NetworkSizes larger = sizes;
  Index& size = feed.is_image() ? feed.patch : larger.bands;
  const Index most = feed.is_image() ? kWidestPatch : kMostBands, got = size;
  while (++size <= most) {
    if (!fits(branch, at, feed, larger)) continue;
    return concat("; it takes ", feed.is_image() ? "a patch of " : "", "at least ", size,
                  feed.is_image() ? "" : " bands", ", got ", got);
  }
  return {};
}

bool is_described(const BranchDescription& branch) {
  return !branch.layers.items.empty() || branch.patch || branch.input != BranchDescription().input;
}

class NetworkPlanner {
 public:
  NetworkPlanner(const NetworkDescription& description, const NetworkSizes& sizes, const std::string& path)
      : description_(description), path_(path) {
    plan_.sizes = sizes;
  }

  NetworkPlan plan() {
    const Index bands = plan_.sizes.bands, together = description_.bands_per_network.value_or(bands);
    for (const auto& item : description_.branches.items) {
      if (item.second.enabled) branches_.push_back(item);
    }
    check_left_out();
    check_parts();
    for (Index first = 0; first < bands; first += together) {
      const bool several = together < bands;
      add_group(std::min(together, bands - first), several ? concat("group", plan_.groups.size() + 1, ".") : "");
    }
    SPECFUSE_CHECK_AS(ConfigError, plan_.parameter_count() > 0, path_,
                      ".fusion: expected at least one layer with parameters, got none");
    check_memory();
    return std::move(plan_);
  }

 private:
  void expect(bool holds, const std::string& field, const std::string& expected, const std::string& got) const {
    SPECFUSE_CHECK_AS(ConfigError, holds, path_, ".", field, ": expected ", expected, ", got ", got);
  }

  /// A branch that is disabled and has no other field is most likely a mistyped name.
  void check_left_out() const {
    std::vector<std::string> known;
    for (const auto& [name, branch] : description_.branches.items) {
      if (is_described(branch)) known.push_back(name);
    }
    for (const auto& [name, branch] : description_.branches.items) {
      expect(branch.enabled || is_described(branch), concat("branches.", name), "a branch that is there to leave out",
             concat("\"", name, "\"", did_you_mean(name, known)));
    }
  }

  void check_parts() const {
    bool feeds_base = false;
    for (const auto& [name, branch] : branches_) {
      expect(is_parameter_name(name) && name != "fusion", concat("branches.", name),
             "a name of letters, digits and '_' other than fusion", concat("\"", name, "\""));
      feeds_base = feeds_base || input_of(branch.input) == Input::base;
    }
    expect(!branches_.empty(), "branches", "at least one", "none");
    const bool residual = description_.output == "residual", based = description_.base != "none";
    expect(based || !residual, "base", "a method for output residual", "none");
    expect(!based || residual || feeds_base, "base", "it with output residual or a branch with input base",
           description_.base);
  }

  void add_group(Index bands, const std::string& prefix) {
    GroupPlan group;
    group.bands = bands;
    Index joint = 0;
    for (const auto& [name, branch] : branches_) {
      group.branches.push_back(plan_branch(branch, {concat(path_, ".branches.", name), concat(prefix, name, ".")}));
      joint += group.branches.back().layers.back().out.size();
    }
    const std::string fusion = concat(path_, ".fusion");
    group.fusion =
        plan_layers(description_.fusion, {fusion, concat(prefix, "fusion."), {Flow::Kind::features, joint, 1}, bands});
    expect(!group.fusion.empty(), "fusion", "at least the layer that makes the bands", "none");
    const LayerPlan& last = group.fusion.back();
    SPECFUSE_CHECK_AS(ConfigError, last.out == (Flow{Flow::Kind::features, bands, 1}), last.path,
                      last.size_field.empty() ? "" : ".", last.size_field, ": ", last.name, ": expected the ", bands,
                      " bands from the last layer, got ", last.out.text());
    plan_.groups.push_back(std::move(group));
  }

  BranchPlan plan_branch(const BranchDescription& branch, const BranchSite& at) {
    Feed feed{input_of(branch.input)};
    const std::string field = at.path.substr(path_.size() + 1);
    expect(feed.input != Input::base || description_.base != "none", field + ".input",
           concat("a method as ", path_, ".base for input base"), "none");
    expect(feed.is_image() || !branch.patch, field + ".patch", "it with input msi or stack only",
           "it with " + branch.input);
    expect(branch.patch.value_or(1) % 2 == 1, field + ".patch", "an odd number", concat(branch.patch.value_or(1)));
    if (feed.is_image()) feed.patch = patch_of(branch, at, plan_.sizes);
    BranchPlan plan;
    try {
      plan.layers = plan_branch_layers(branch, at, feed, plan_.sizes);
      if (plan.layers.empty() || plan.layers.back().out.kind != Flow::Kind::features) {
        plan.layers = plan_branch_layers(flattened(branch), at, feed, plan_.sizes);
      }
    } catch (const ConfigError& problem) {
      throw ConfigError(problem.what() + least_that_fits(branch, at, feed, plan_.sizes));
    }
    const auto known = std::find(plan_.feeds.begin(), plan_.feeds.end(), feed);
    plan.feed = static_cast<std::size_t>(known - plan_.feeds.begin());
    if (known == plan_.feeds.end()) plan_.feeds.push_back(feed);
    return plan;
  }

  /// The same with all its values as a vector, as the fusion takes them.
  static BranchDescription flattened(const BranchDescription& branch) {
    BranchDescription result = branch;
    std::string name = "flatten";
    const auto taken = [&](const auto& item) { return item.first == name; };
    while (std::any_of(branch.layers.items.begin(), branch.layers.items.end(), taken)) name += "_";
    result.layers.items.push_back(layer(name, "flatten"));
    return result;
  }

  void check_memory() const {
    double all = 0;
    const LayerPlan* largest = nullptr;
    for (const LayerPlan* layer : plan_.layers()) {
      all += static_cast<double>(layer->parameter_count());
      if (largest == nullptr || layer->parameter_count() > largest->parameter_count()) largest = layer;
    }
    const double bytes = 4 * sizeof(float) * all;
    SPECFUSE_CHECK_AS(ConfigError, bytes <= memory_bytes(), largest->path, ".", largest->size_field, ": ",
                      largest->name, " has ", static_cast<double>(largest->parameter_count()), " of ", all,
                      " parameters; with their gradients and two moments they take ", bytes / 1e9,
                      " GB, more than the ", memory_bytes() / 1e9, " GB of memory here");
  }

  const NetworkDescription& description_;
  std::string path_;
  /// Those that are there.
  std::vector<std::pair<std::string, BranchDescription>> branches_;
  NetworkPlan plan_;
};

}  // namespace

std::vector<const LayerPlan*> NetworkPlan::layers() const {
  std::vector<const LayerPlan*> all;
  for (const GroupPlan& group : groups) {
    for (const BranchPlan& branch : group.branches) {
      for (const LayerPlan& layer : branch.layers) all.push_back(&layer);
    }
    for (const LayerPlan& layer : group.fusion) all.push_back(&layer);
  }
  return all;
}

Index NetworkPlan::parameter_count() const {
  Index count = 0;
  for (const LayerPlan* layer : layers()) count += layer->parameter_count();
  return count;
}

double NetworkPlan::flops() const {
  double total = 0;
  for (const LayerPlan* layer : layers()) total += layer->flops;
  return total;
}

Index NetworkPlan::receptive_radius() const {
  Index widest = 1;
  for (const Feed& feed : feeds) widest = std::max(widest, feed.patch);
  return widest / 2;
}

NetworkPlan plan_network(const NetworkDescription& description, const NetworkSizes& sizes, const std::string& path) {
  return NetworkPlanner(description, sizes, path).plan();
}

}  // namespace specfuse
