#pragma once

#include <string>
#include <vector>

#include "run/result_folder.h"
#include "specfuse/methods/fusion_method.h"
#include "specfuse/report/experiment_results.h"
#include "specfuse/report/figure.h"
#include "specfuse/report/table.h"

namespace specfuse {

/// A fitted method, and the image that it made.
struct Fusion : FusedWithSigma {
  MethodResult result;
  /// What it learned; no tensors where it learned nothing.
  Checkpoint checkpoint;
  /// Whether its fits have written their checkpoints themselves, with all that is needed to go on.
  bool wrote_checkpoints = false;
};

/// Stages the fused image and what the method learned in its fits in the result's folder.
void write_fusion(const Fusion& fusion, const std::vector<FitContext>& fits, const ResultFolder& folder);

/// Stages all files of the whole experiment and publishes everything that is staged. `log` is the training log. Returns
/// the table of the scores.
Table write_results(const ExperimentResults& results, const std::vector<FigureGroup>& figures, const std::string& log,
                    ResultFolder& folder);

}  // namespace specfuse
