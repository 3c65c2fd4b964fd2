#pragma once

#include <string>
#include <vector>

#include "specfuse/run/experiment_scene.h"
#include "specfuse/run/protocol.h"

namespace specfuse {

/// What one method of an experiment asks of the protocol. What is wrong with the method is a `ConfigError` that says
/// which one it is.
MethodNeeds needs_of(const MethodConfig& method, std::size_t place, const Scene& scene);

/// What two methods need, or sets of them.
MethodNeeds both(const MethodNeeds& one, const MethodNeeds& other);

/// What all methods of an experiment ask of the protocol.
MethodNeeds needs_of(const ExperimentConfig& config, const Scene& scene);

/// Says what the data does not allow one of the methods, before the first long fit: a `ConfigError` or a `DataError`.
/// Returns what it makes doubtful.
std::vector<std::string> check_method(const ExperimentConfig& config, std::size_t place, const Task& task,
                                      const std::vector<std::string>& directories);

/// The same of the scene and of all methods.
std::vector<std::string> check_methods(const ExperimentConfig& config, const Scene& scene, const Task& task,
                                       const std::vector<std::string>& directories);

}  // namespace specfuse
