#pragma once

#include <string>
#include <vector>

#include "specfuse/results/fusion.h"
#include "specfuse/run/protocol.h"

namespace specfuse {

/// What people are shown of a result.
struct ShownResult : FusedWithSigma {
  /// As `NoReferenceEvaluator::add` gives it, on the pixels of the shown HSI.
  Cube against_inputs;
};

/// Scores a fused image against both inputs, and, where there is a reference, on the part that the protocol scores
/// against that; and the fused training image against its target. Returns what people are shown of it. Throws
/// `Interrupted` when the user asked to stop.
ShownResult score(const Task& task, const std::vector<std::string>& profiles, Fusion& fusion);

}  // namespace specfuse
