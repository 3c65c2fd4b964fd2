#include "specfuse/networks/layer_table.h"

#include <algorithm>
#include <cstdio>

#include "specfuse/core/error.h"

namespace specfuse {
namespace {

/// 1234567 as "1,234,567".
std::string grouped(Index number) {
  std::string text = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3) {
    text.insert(static_cast<std::size_t>(at), 1, ',');
  }
  return text;
}

std::string row(const std::string& layer, const std::string& type, const std::string& makes,
                const std::vector<std::string>& numbers) {
  char line[160];
  std::snprintf(line, sizeof line, "%-22s %-11s %-14s %12s %12s\n", layer.c_str(), type.c_str(), makes.c_str(),
                numbers[0].c_str(), numbers[1].c_str());
  std::string text = line;
  text.erase(text.find_last_not_of(" \n") + 1);
  return text + "\n";
}

std::string megaflops(double flops) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3f", flops * 1e-6);
  return text;
}

}  // namespace

std::string layer_table(const NetworkPlan& plan) {
  const GroupPlan& group = plan.groups.front();
  std::string text = row("layer", "type", "makes", {"parameters", "MFLOP/pixel"});
  const auto add = [&](const std::vector<LayerPlan>& layers) {
    for (const LayerPlan& layer : layers) {
      text += row(layer.name, layer.type, layer.out.text(), {grouped(layer.parameter_count()), megaflops(layer.flops)});
    }
  };
  for (const BranchPlan& branch : group.branches) {
    const Feed& feed = plan.feeds[branch.feed];
    const std::string size = branch.layers.front().in.text();
    text += row(concat("(", input_name(feed.input), ")"), "input", size, {"", ""});
    add(branch.layers);
  }
  add(group.fusion);
  Index patch = 1;
  for (const Feed& feed : plan.feeds) patch = std::max(patch, feed.patch);
  const auto megabytes = static_cast<double>(plan.parameter_count()) * sizeof(float) / 1e6;
  char all[160];
  std::snprintf(
      all, sizeof all,
      "%s parameters (%.2f MB; %.2f MB with their gradients and moments), %.3f MFLOP/pixel, receptive field %ld x %ld",
      grouped(plan.parameter_count()).c_str(), megabytes, 4 * megabytes, plan.flops() * 1e-6, static_cast<long>(patch),
      static_cast<long>(patch));
  text += all;
  if (plan.groups.size() > 1) {
    text += concat("\n", plan.groups.size(), " such networks, each of ", group.bands, " bands");
    if (plan.groups.back().bands != group.bands) text += concat(", the last of ", plan.groups.back().bands);
  }
  return text + "\n";
}

}  // namespace specfuse
