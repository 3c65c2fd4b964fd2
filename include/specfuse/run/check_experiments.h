#pragma once

#include <string>
#include <vector>

#include "specfuse/config/config.h"

namespace specfuse {

/// What a look at an experiment and its data tells before it is run.
struct Findings {
  struct Mistake {
    /// What `run_experiment` would throw.
    std::string text;
    /// Whether it is missing or unreadable data, and not the configuration.
    bool of_data = false;
  };
  /// Of the data, or where that is right, of every method that is wrong; none: it can be run.
  std::vector<Mistake> mistakes;
  /// A sentence each, without its full stop.
  std::vector<std::string> warnings;
};

/// Checks each experiment as `plan_experiment` does, and returns what was found in their order. A scene that several
/// share is read once, a task that several share is made once (with the first of their seeds), and a method that
/// several share there is checked once. Throws `Interrupted`.
std::vector<Findings> check_experiments(const std::vector<const ExperimentConfig*>& configs,
                                        const std::vector<std::string>& data_directories);

}  // namespace specfuse
