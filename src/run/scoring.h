#pragma once

#include <string>
#include <vector>

#include "specfuse/results/fusion.h"
#include "specfuse/run/protocol.h"

namespace specfuse {

/// What people are shown of a result.
struct ShownResult : FusedCube {
  /// As `NoReferenceEvaluator::add` gives it, on the pixels of the shown HSI.
  Cube against_inputs;
};

/// A result with its scores, and what people are shown of it.
struct ScoredResult {
  MethodResult result;
  ShownResult shown;
};

/// Scores a fused image against both inputs, and, where there is a reference, on the part that the protocol scores
/// against that; and the fused training image against its target. Throws `Interrupted` when the user asked to stop.
ScoredResult score(const Task& task, const std::vector<std::string>& profiles, const Fusion& fusion);

}  // namespace specfuse
