#pragma once

#include "specfuse/run/runner.h"

namespace specfuse {

/// `run_experiment` of a pair that stays on disk, within `options.memory` bytes. Its figures are of a preview. Throws
/// as `run_experiment` does, and `ConfigError` for what cannot be done part by part, or not in so little memory.
std::string run_streamed(const ExperimentConfig& config, const RunOptions& options);

/// `plan_experiment` of the same.
std::string plan_streamed(const ExperimentConfig& config, const RunOptions& options);

}  // namespace specfuse
