#pragma once

#include <optional>
#include <string>
#include <vector>

#include "run/result_folder.h"
#include "run/training_log.h"
#include "specfuse/methods/fusion_method.h"
#include "specfuse/report/experiment_results.h"
#include "specfuse/run/protocol.h"

namespace specfuse {

/// A fitted method, and the image that it made.
struct Fusion : FusedWithSigma {
  MethodResult result;
  /// What it made of its own (first) training image; none where it is not trained, or cannot fuse so small a pair.
  std::optional<Cube> fused_training;
  /// What it learned; no tensors where it learned nothing.
  Checkpoint checkpoint;
  /// Whether its fits have written their checkpoints themselves, with all that is needed to go on.
  bool wrote_checkpoints = false;
};

/// The contexts of the fits of one result: one, or a pre-training and a fine-tuning. Their checkpoints are in
/// `keeping`; nothing is recorded where there is no log. `scratch` as in `FitContext`.
std::vector<FitContext> fit_contexts(const ExperimentConfig& config, const MethodConfig& method, Index seed,
                                     const std::string& keeping, TrainingLog* log, const std::string& scratch = "");

/// Restores from a checkpoint where that is given, fits unless that was all, and fuses, the same for every method. The
/// reference is never seen here.
Fusion fit_and_fuse(FusionMethod& method, const Task& task, const std::vector<FitContext>& fits,
                    const std::string& checkpoint, bool fitted);

/// A result lies where the MSI does, or else on the pixels that the HSI's are made of.
void place_on_earth(const Pair& pair, FusedWithSigma& fusion);

/// Scores the fused image against the reference, on the part that the protocol scores, and against the inputs.
void score(const Task& task, const std::vector<std::string>& profiles, Fusion& fusion);

}  // namespace specfuse
