#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "run/earlier_model.h"
#include "specfuse/config/json_fields.h"
#include "specfuse/networks/plan.h"

using namespace specfuse;

namespace {

/// As version 0.1.0 wrote it.
std::string earlier(const std::string& preset) {
  return R"({"preset": ")" + preset + R"(", "hsi_maps": 3, "hsi_kernel": 5, "hsi_depth": 2, "msi_maps": 4,
    "msi_kernel": 3, "msi_depth": 3, "patch": 9, "hsi_fc": 6, "msi_fc": 7, "fusion_fc": 11})";
}

std::vector<std::string> parameters_of(const std::string& preset) {
  NetworkDescription network;
  read_fields(described_model(json_of(earlier(preset))), "model", "file", network);
  const NetworkPlan plan = plan_network(network, {20, 2}, "model");
  std::vector<std::string> all;
  for (const LayerPlan* layer : plan.groups.front().layers()) {
    for (const ParameterPlan& parameter : layer->parameters) {
      if (parameter.shape.rank() > 1) all.push_back(parameter.name + " " + parameter.shape.text());
    }
  }
  return all;
}

}  // namespace

TEST_CASE("earlier model: the sizes of version 0.1.0 give the network that they gave") {
  CHECK(parameters_of("released") ==
        std::vector<std::string>{"hsi.conv1.weight [3, 1, 5]", "hsi.conv2.weight [3, 3, 5]",
                                 "hsi.skip.weight [3, 3, 5]", "hsi.fc.weight [6, 36]", "msi.conv1.weight [4, 2, 3, 3]",
                                 "msi.conv2.weight [4, 4, 3, 3]", "msi.conv3.weight [4, 4, 3, 3]",
                                 "msi.skip.weight [4, 4, 5, 5]", "msi.fc.weight [7, 36]", "fusion.fc1.weight [11, 13]",
                                 "fusion.fc2.weight [13, 11]", "fusion.out.weight [20, 13]"});
  CHECK(parameters_of("table2") ==
        std::vector<std::string>{"hsi.conv1.weight [3, 1, 5]", "hsi.conv2.weight [3, 3, 5]",
                                 "msi.conv1.weight [4, 2, 3, 3]", "msi.conv2.weight [4, 4, 3, 3]",
                                 "msi.conv3.weight [4, 4, 3, 3]", "fusion.fc1.weight [11, 72]",
                                 "fusion.fc2.weight [11, 11]", "fusion.out.weight [20, 11]"});
}

TEST_CASE("earlier model: a described one stays as it is") {
  const Json described = json_of(R"({"preset": "none", "branches": {}})");
  CHECK(described_model(described) == described);
}
