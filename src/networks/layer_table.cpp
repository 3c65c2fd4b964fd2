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

/// One line of the table.
struct Row {
  std::string layer, type, makes, parameters, megaflops;

  std::string text(std::size_t width) const {
    const auto column = [](std::string cell, std::size_t wide, bool right) {
      const std::string space(wide - std::min(wide, cell.size()), ' ');
      return right ? space + cell : cell + space;
    };
    std::string line = column(layer, width, false) + "  " + column(type, 10, false) + "  " + column(makes, 14, false) +
                       column(parameters, 13, true) + column(megaflops, 13, true);
    line.erase(line.find_last_not_of(' ') + 1);
    return line + "\n";
  }
};

std::string megaflops(double flops) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3f", flops * 1e-6);
  return text;
}

Row row_of(const LayerPlan& layer) {
  return {layer.name, layer.type, layer.out.text(), grouped(layer.parameter_count()), megaflops(layer.flops)};
}

std::string text_of(const std::vector<Row>& rows) {
  std::size_t width = 0;
  for (const Row& row : rows) width = std::max(width, row.layer.size());
  std::string text;
  for (const Row& row : rows) text += row.text(width);
  return text;
}

}  // namespace

std::string layer_table(const std::vector<LayerPlan>& layers) {
  std::vector<Row> rows{{"layer", "type", "makes", "parameters", "MFLOP/value"}};
  double flops = 0;
  Index parameters = 0, reach = 0;
  for (const LayerPlan& layer : layers) {
    rows.push_back(row_of(layer));
    flops += layer.flops;
    parameters += layer.parameter_count();
    reach += layer.reach;
  }
  return text_of(rows) + concat(grouped(parameters), " parameters, ", megaflops(flops),
                                " MFLOP for each pixel and band, receptive field ", 2 * reach + 1, " x ", 2 * reach + 1,
                                " pixels\n");
}

std::string layer_table(const NetworkPlan& plan) {
  const GroupPlan& group = plan.groups.front();
  std::vector<Row> rows{{"layer", "type", "makes", "parameters", "MFLOP/pixel"}};
  const auto add = [&](const std::vector<LayerPlan>& layers) {
    for (const LayerPlan& layer : layers) rows.push_back(row_of(layer));
  };
  for (const BranchPlan& branch : group.branches) {
    const std::string input = input_name(plan.feeds[branch.feed].input);
    rows.push_back({concat("(", input, ")"), "input", branch.layers.front().in.text(), "", ""});
    add(branch.layers);
  }
  add(group.fusion);
  std::string text = text_of(rows);
  const auto patch = static_cast<long>(2 * plan.receptive_radius() + 1);
  const auto megabytes = static_cast<double>(plan.parameter_count()) * sizeof(float) / 1e6;
  char all[160];
  std::snprintf(
      all, sizeof all,
      "%s parameters (%.2f MB; %.2f MB with their gradients and moments), %.3f MFLOP/pixel, receptive field %ld x %ld",
      grouped(plan.parameter_count()).c_str(), megabytes, 4 * megabytes, plan.flops() * 1e-6, patch, patch);
  text += all;
  if (plan.groups.size() > 1) {
    text += concat("\n", plan.groups.size(), " such networks, each of ", group.bands, " bands");
    if (plan.groups.back().bands != group.bands) text += concat(", the last of ", plan.groups.back().bands);
  }
  return text + "\n";
}

}  // namespace specfuse
