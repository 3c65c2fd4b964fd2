#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "specfuse/methods/fusion_method.h"
#include "specfuse/run/protocol.h"

namespace specfuse {

/// `fit`, after which the method and its checkpoints know what it learned from. Returns its remarks. Throws
/// `ConfigError` where the method learns otherwise than by parts, and has to learn from a large pair.
std::string learn(FusionMethod& method, const TrainingData& data, FitContext context);

/// The spectra of the reference that results are scored on.
class ScoredSpectra {
 public:
  /// There is no reference.
  ScoredSpectra() = default;
  ScoredSpectra(const Scene& scene, const Task& task);

  bool exist() const { return find_ != nullptr; }
  /// The share of them that a method has learned from so far, or would from the answers of `training`.
  double share_learned(const FusionMethod& method, const TrainingData& training);

 private:
  /// Called when they are first asked for; null: there is no reference.
  std::function<Fingerprint()> find_;
  std::optional<Fingerprint> found_;
};

}  // namespace specfuse
