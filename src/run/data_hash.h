#pragma once

#include <string>
#include <vector>

#include "specfuse/run/experiment_scene.h"

namespace specfuse {

/// 64-bit hash of all values and wavelengths that were read or synthesised, responses and kernels included, and of
/// other `files`: the configuration's hashes only know their names.
std::string data_hash(const Scene& scene, const std::vector<std::string>& files = {});

}  // namespace specfuse
