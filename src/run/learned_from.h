#pragma once

#include <optional>
#include <string>
#include <vector>

#include "specfuse/methods/fusion_method.h"
#include "specfuse/run/protocol.h"

namespace specfuse {

/// One call of the method's `fit`, after which it and its checkpoints know what it learned from. Returns its remarks.
/// Throws `ConfigError` where the method learns otherwise than by parts, and has to learn from a large pair.
std::string fit_and_remember(FusionMethod& method, const TrainingData& data, FitContext context);

/// The spectra of the reference that results are scored on.
class ScoredSpectra {
 public:
  ScoredSpectra(const Scene& scene, const Task& task) : scene_(scene), task_(task) {}

  /// Whether there is a reference.
  bool exist() const { return scene_.reference.has_value(); }
  /// The share of them that a method has learned from so far, or would from the answers of `training`.
  double share_learned(const FusionMethod& method, const TrainingData& training);

 private:
  Fingerprint all() const;

  const Scene& scene_;
  const Task& task_;
  /// None until they are first asked for.
  std::optional<Fingerprint> found_;
};

}  // namespace specfuse
