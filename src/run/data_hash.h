#pragma once

#include <string>
#include <vector>

#include "specfuse/run/experiment_scene.h"

namespace specfuse {

/// 64-bit hash of all that a configuration only names: values and wavelengths that were read or synthesised, responses
/// and kernels, and the files that its methods read. Of a pair that stays in its files they are hashed instead of its
/// values, and `kStreamedHash` says so.
std::string data_hash(const ExperimentConfig& config, const Scene& scene, const std::vector<std::string>& directories);

}  // namespace specfuse
