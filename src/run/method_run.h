#pragma once

#include <string>
#include <vector>

#include "run/budget.h"
#include "specfuse/results/fusion.h"
#include "specfuse/results/run_folder.h"
#include "specfuse/results/training_log.h"
#include "specfuse/run/experiment_scene.h"

namespace specfuse {

/// What the results of one seed of an experiment are made from, and the folder that they go to.
struct RunContext {
  const ExperimentConfig& config;
  const std::vector<std::string>& directories;
  const Scene& scene;
  const Task& task;
  const Budget& budget;
  RunFolder& folder;
  TrainingLog& log;
};

/// Restores from a checkpoint where that is given, fits unless that was all, fuses, and keeps the result with all its
/// files, so that a run that is cut off later need not make it again. Methods get the pair and what the protocol lets
/// them learn from, never the reference that is scored. All ranks call it; what the others return is of no use. Throws
/// `Interrupted`, with what was done so far kept.
Fusion make_result(const RunContext& run, const MethodConfig& entry, Index seed);

/// The task as methods see it: whole images, filled in where there is no data.
Task unmasked(Task task);

/// Whether the method of an entry is to be fitted; otherwise its checkpoint is all that it learned.
bool needs_fit(const ExperimentConfig& config, const MethodConfig& entry);

/// Runs the fits that the task asks for: one, or a pre-training and a fine-tuning, each with its context. Returns the
/// remarks of the last that has any.
std::string run_fits(FusionMethod& method, const Task& task, const std::vector<FitContext>& contexts);

/// Throws `ConfigError` where a pair that is larger than memory cannot be fused part by part, and `TooLittleMemory`
/// where a method needs more than may be taken.
void check_parts(const ExperimentConfig& config, const std::vector<std::string>& directories, const Task& task,
                 const Budget& budget);

}  // namespace specfuse
