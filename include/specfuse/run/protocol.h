#pragma once

#include <optional>

#include "specfuse/methods/fusion_method.h"
#include "specfuse/run/experiment_scene.h"
#include "specfuse/run/known_sensors.h"

namespace specfuse {

/// What one seed of an experiment asks of every method alike.
struct Task {
  /// To fuse, as methods get it.
  std::shared_ptr<const PairParts> pair;
  /// On the grid of the MSI; null where there is none.
  ImagePtr reference;
  /// What is held in memory of both, to learn from, to check and to show: all of a pair that fits, of one that is
  /// larger means over step x step pixels.
  Pair pair_in_memory;
  std::optional<Cube> reference_in_memory;
  Index step = 1;
  bool is_large = false;
  /// All that `fit` sees; nothing for "apply".
  TrainingData training;
  /// What was estimated of the sensors, and is applied to the images.
  KnownSensors sensors;
  /// All that a second fit sees, which goes on from the first; "transfer" alone has one.
  std::optional<TrainingData> fine_tuning;
  /// The part of the fused image that is scored; none: all of it.
  std::optional<Rectangle> scored;
};

/// What all methods of an experiment ask of a protocol.
struct MethodNeeds {
  /// The widest of them.
  Index receptive_radius = 0;
  /// Whether any has to be trained; otherwise a scene may be too small to train on.
  bool training = true;
};

/// What a protocol makes of a scene: "wald" trains one scale down, with the hsi itself as the answer; "split" on parts
/// of the scene and "transfer" on `scene.train`, with the reference as the answer; "apply" on nothing.
/// Throws `ConfigError` where rectangles reach outside or lie too close together, or where nothing is left to train on.
Task make_task(const Scene& scene, const ProtocolConfig& protocol, Index seed, const MethodNeeds& needs = {});

}  // namespace specfuse
