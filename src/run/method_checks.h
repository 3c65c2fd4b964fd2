#pragma once

#include <optional>
#include <string>
#include <vector>

#include "run/learned_from.h"
#include "specfuse/run/experiment_scene.h"
#include "specfuse/run/protocol.h"

namespace specfuse {

/// What the method of one entry asks of the protocol. What is wrong with it is a `ConfigError` that names its place.
MethodNeeds needs_of(const MethodConfig& entry, std::size_t place, const Scene& scene);

/// What two methods need, or sets of them.
MethodNeeds both(const MethodNeeds& one, const MethodNeeds& other);

/// What all methods of an experiment ask of the protocol.
MethodNeeds needs_of(const ExperimentConfig& config, const Scene& scene);

/// What a look at methods and their data tells before anything is fitted.
struct MethodFindings {
  /// A sentence each, without its full stop.
  std::vector<std::string> warnings;
  /// Of the spectra that are scored, the share that each method learned from before, or does from other scenes. None
  /// without a reference, and where a checkpoint does not say.
  std::vector<std::optional<double>> learned_shares;
  /// That of a result by its number; results follow each other seed by seed.
  std::optional<double> share_of(std::size_t result) const { return learned_shares[result % learned_shares.size()]; }
};

/// Says what the data does not allow one of the methods, before the first long fit: a `ConfigError` or a `DataError`.
MethodFindings check_method(const ExperimentConfig& config, std::size_t place, const Task& task,
                            const std::vector<std::string>& directories, ScoredSpectra& scored);

/// The same of the scene and of all methods.
MethodFindings check_methods(const ExperimentConfig& config, const Scene& scene, const Task& task,
                             const std::vector<std::string>& directories);

}  // namespace specfuse
