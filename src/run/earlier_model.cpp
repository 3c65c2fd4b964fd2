#include "run/earlier_model.h"

#include <nlohmann/json.hpp>

#include "specfuse/config/override.h"

namespace specfuse {
namespace {

/// Fields of version 0.1.0, and where what they say stands now.
constexpr std::pair<const char*, const char*> kMoved[] = {
    {"hsi_maps", "branches.hsi.layers.conv.maps"},
    {"hsi_kernel", "branches.hsi.layers.conv.kernel"},
    {"hsi_depth", "branches.hsi.layers.conv.repeat"},
    {"msi_maps", "branches.msi.layers.conv.maps"},
    {"msi_kernel", "branches.msi.layers.conv.kernel"},
    {"msi_depth", "branches.msi.layers.conv.repeat"},
    {"patch", "branches.msi.patch"},
    {"fusion_fc", "fusion.fc1.units"},
};
constexpr std::pair<const char*, const char*> kMovedReleased[] = {
    {"hsi_fc", "branches.hsi.layers.fc.units"},
    {"msi_fc", "branches.msi.layers.fc.units"},
};

}  // namespace

Json described_model(const Json& model) {
  if (!model.contains("hsi_maps")) return model;
  Json described = {{"preset", model.at("preset")}};
  const auto move = [&](const char* from, const char* to) { set_field(described, to, model.at(from), from); };
  for (const auto& [from, to] : kMoved) move(from, to);
  if (model.at("preset") == "released") {
    for (const auto& [from, to] : kMovedReleased) move(from, to);
  } else {
    move("fusion_fc", "fusion.fc2.units");
  }
  return described;
}

}  // namespace specfuse
