#pragma once

#include <optional>
#include <string>
#include <vector>

#include "run/budget.h"
#include "run/method_checks.h"
#include "specfuse/run/runner.h"

namespace specfuse {

/// An experiment with its data.
struct LoadedExperiment {
  /// All places where data is looked for.
  std::vector<std::string> directories;
  ExperimentConfig config;
  Budget budget;
  Scene scene;

  LoadedExperiment(const ExperimentConfig& given, const RunOptions& options);
};

/// All that is known of an experiment before anything is made.
struct PreparedExperiment : LoadedExperiment {
  MethodNeeds needs;
  /// Of the first seed; none once it is taken.
  std::optional<Task> first;
  MethodFindings found;

  /// Throws for all that can be wrong.
  explicit PreparedExperiment(LoadedExperiment loaded);

  /// Of the seeds in turn.
  Task take_task(Index seed);
};

}  // namespace specfuse
