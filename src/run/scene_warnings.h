#pragma once

#include <string>
#include <vector>

#include "specfuse/run/experiment_scene.h"
#include "specfuse/run/protocol.h"

namespace specfuse {

/// What is assumed of a scene because it does not say, a sentence each, without its full stop.
std::vector<std::string> scene_warnings(const ExperimentConfig& config, const Scene& scene);

/// The same of what is made of it before methods see it.
std::vector<std::string> task_warnings(const ExperimentConfig& config, const Scene& scene, const Task& task);

/// A sentence where another axis than the last looks like the spectral one; empty where all is well.
std::string warning_of_axes(const Cube& cube);

/// A sentence where the response, which is from `source`, makes of the HSI what is of another size than the MSI, or is
/// like another band of it; empty where all is well or there is no response.
std::string warning_of_response(const Pair& pair, const std::string& source);

/// Throws `ConfigError` where the median of the HSI, under the response as far as there is one, is more than a hundred
/// times that of the MSI or less than a hundredth: one counts and the other is a reflectance, unless they are
/// `unrelated`. `source` names both.
void check_units(const Pair& pair, const std::string& source, bool unrelated);

}  // namespace specfuse
