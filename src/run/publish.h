#pragma once

#include <string>
#include <vector>

#include "run/output.h"
#include "specfuse/methods/fusion_method.h"
#include "specfuse/report/report.h"
#include "specfuse/report/results.h"

namespace specfuse {

/// A fitted method, and the image that it made.
struct Fusion {
  MethodResult result;
  Cube fused;
  Checkpoint checkpoint;
};

/// Writes the fused image and what the method learned in its fits into the result's folder, staged.
void write_fusion(const Fusion& fusion, const std::vector<FitContext>& fits, const Output& output);

/// Writes all that is of the whole experiment, and publishes everything that is staged. `log` is the training log.
void write_results(const Results& results, const std::vector<FigureGroup>& figures, const std::string& log,
                   Output& output);

}  // namespace specfuse
