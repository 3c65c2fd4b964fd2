#pragma once

#include <optional>
#include <string>
#include <vector>

#include "specfuse/results/experiment_results.h"
#include "specfuse/results/result_tables.h"
#include "specfuse/sweep/sweep.h"

namespace specfuse {

/// What is known of one run of a sweep.
struct RunOutcome {
  /// None where it is not complete.
  std::optional<ExperimentResults> results;
  /// Why it failed, where it did.
  std::string failure;
};

/// Points by methods, and which run each row is of.
struct SweepTable {
  Table table;
  /// The first run of the point, for each row.
  std::vector<const SweepRun*> runs;
};

/// One row for each point of the sweep that has a complete run, and each of its methods: the mean and standard
/// deviation over all seeds of all complete runs. What varies of the methods alone makes rows of one group, of which
/// one is the best; other data or another degradation is another task. `outcomes` are in the order of the sweep's runs;
/// `made` gives the columns; the sweep has to outlive it.
SweepTable sweep_table(const Sweep& sweep, const std::vector<RunOutcome>& outcomes,
                       Table (*made)(const ExperimentResults&) = score_table);

}  // namespace specfuse
