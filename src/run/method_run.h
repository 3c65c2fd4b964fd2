#pragma once

#include <string>
#include <vector>

#include "run/budget.h"
#include "specfuse/results/fusion.h"
#include "specfuse/results/run_folder.h"
#include "specfuse/results/training_log.h"
#include "specfuse/run/experiment_scene.h"

namespace specfuse {

/// What the results of one seed of an experiment are made from.
struct Workplace {
  const ExperimentConfig& config;
  const std::vector<std::string>& directories;
  const Scene& scene;
  const Task& task;
  const Budget& budget;
  const RunFolder& folder;
  TrainingLog& log;
};

/// Restores from a checkpoint where that is given, fits unless that was all, fuses, and keeps the result with all its
/// files, so that a run that is cut off later need not make it again. The reference is never seen here. All ranks call
/// it; what the others return is of no use. Throws `Interrupted`, with what was done so far kept.
Fusion make_result(const Workplace& at, const MethodConfig& entry, Index seed);

/// The task as methods see it: whole images, filled in where there is no data.
Task unmasked(Task task);

/// Whether an entry is fitted, and not only restored.
bool is_fitted(const ExperimentConfig& config, const MethodConfig& entry);

/// Runs all fits that the task asks for in turn. Returns the remarks of the last that has any.
std::string fit_all(FusionMethod& method, const Task& task, const std::vector<FitContext>& contexts);

/// Throws `ConfigError` where a pair that is larger than memory cannot be fused part by part, and `TooLittleMemory`
/// where a method needs more than may be taken.
void check_parts(const ExperimentConfig& config, const std::vector<std::string>& directories, const Task& task,
                 const Budget& budget);

}  // namespace specfuse
