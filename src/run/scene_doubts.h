#pragma once

#include <string>
#include <vector>

#include "specfuse/run/experiment_scene.h"

namespace specfuse {

/// What is assumed of a scene because it does not say, a sentence each, without its full stop.
std::vector<std::string> scene_doubts(const ExperimentConfig& config, const Scene& scene);

/// A sentence where another axis than the last looks like the spectral one; empty where all is well.
std::string doubt_of_axes(const Cube& cube);

/// A sentence where the response makes of the HSI what is of quite another size than the MSI; empty where all is well
/// or there is no response.
std::string doubt_of_response(const Pair& pair);

}  // namespace specfuse
