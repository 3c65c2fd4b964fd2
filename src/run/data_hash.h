#pragma once

#include <string>
#include <vector>

#include "specfuse/run/experiment_scene.h"

namespace specfuse {

/// 64-bit hash of all that was read or synthesised, files of responses and kernels included, wavelengths and place, and
/// of other `files`: the configuration's hashes only know their names.
std::string data_hash(const Scene& scene, const std::vector<std::string>& files = {});

}  // namespace specfuse
