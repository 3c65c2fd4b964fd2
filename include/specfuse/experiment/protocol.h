#pragma once

#include <optional>

#include "specfuse/experiment/data.h"
#include "specfuse/methods/fusion_method.h"

namespace specfuse {

/// What one seed of an experiment asks of every method alike.
struct Task {
  /// To fuse.
  Pair pair;
  /// All that `fit` sees.
  TrainingData training;
  /// The part of the fused image that is scored; none: all of it.
  std::optional<Rectangle> scored;
};

/// Sets up a protocol of DESIGN section 7. Throws `ConfigError` where rectangles reach outside or lie too close to the
/// test, or where nothing is left to train on.
Task make_task(const Scene& scene, const ProtocolConfig& protocol, Index seed);

}  // namespace specfuse
