#pragma once

#include <string>
#include <vector>

#include "specfuse/config/config.h"
#include "specfuse/methods/fusion_method.h"

namespace specfuse {

/// What an experiment on images that fit into memory makes, without a folder.
struct FusionInMemory {
  FusedCube fusion;
  /// What the pair says of its sensors, as `metrics.json` has it; empty where nobody asked.
  std::string sensors;
  /// A sentence each, without its full stop.
  std::vector<std::string> warnings;
};

/// The image of the first method and seed of an experiment: to the bit that of `run_experiment`. Throws as that does,
/// and `ConfigError` where the pair does not fit into memory.
FusionInMemory fuse_in_memory(const ExperimentConfig& config, const std::vector<std::string>& directories);

/// The sensors of its pair alone.
FusionInMemory sensors_in_memory(const ExperimentConfig& config, const std::vector<std::string>& directories);

}  // namespace specfuse
