#pragma once

#include <optional>
#include <vector>

#include "compose/decisions.h"
#include "specfuse/config/config.h"
#include "specfuse/run/experiment_scene.h"
#include "specfuse/run/protocol.h"

namespace specfuse {

/// What the pair itself decided, before anything is fused: PSF, response, shift, gain, gaps, memory and time.
std::vector<Decision> pair_decisions(const ExperimentConfig& config, const Scene& scene, const Task& task,
                                     const std::optional<double>& memory);

}  // namespace specfuse
