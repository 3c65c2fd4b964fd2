#pragma once

#include <string>
#include <utility>
#include <vector>

#include "specfuse/results/experiment_results.h"
#include "specfuse/results/table.h"

namespace specfuse {

/// The tables of an experiment, made once for all files that show them.
struct ResultTables {
  Table scores;
  /// For the terminal and for papers: the metrics that the configuration chooses, and the time.
  Table short_scores;
  /// Without rows where nothing was estimated.
  Table estimates;
  Table no_reference;
  /// Without rows where there is no reference.
  Table errors;
  /// Without rows where no method says what error it expects.
  Table expected_errors;
  /// By the name of the profile.
  std::vector<std::pair<std::string, Table>> profiles;
  Table significance;
  /// Without rows where nothing is trained on.
  Table train;

  /// Those that have rows, in the order of the report, each under its name in metrics.json.
  std::vector<std::pair<std::string, const Table*>> named() const;
};

ResultTables result_tables(const ExperimentResults& results);

/// Every score, and the times and memory, one row for each method: over several seeds the mean, and the standard
/// deviation as spread. Without a reference, every score that needs none, and those of the pair one scale down.
Table score_table(const ExperimentResults& results);
/// Of these, the ones in `report.metrics` and the time of fitting and fusing; without a reference, the consistency with
/// both inputs, QNR and the chosen ones of the pair one scale down.
Table short_table(const ExperimentResults& results);
/// The PSF and the responses that were estimated from the pair.
Table estimate_table(const ExperimentResults& results);
/// For each metric the p-value of a two-sided paired t-test over the seeds, of each method against the one with the
/// best mean; nothing for that one itself. Without rows for a single seed.
Table significance_table(const ExperimentResults& results);
/// The scores of fusing the training input.
Table train_table(const ExperimentResults& results);
/// The scores that need no reference, as far as there are any.
Table no_reference_table(const ExperimentResults& results);
/// The sizes that shares of all errors do not exceed.
Table error_table(const ExperimentResults& results);
/// What methods say of their own errors, and how much of it holds; a row for each that says anything.
Table expected_error_table(const ExperimentResults& results);
/// The scores by one of the profiles; without rows where nothing is scored by it.
Table profile_table(const ExperimentResults& results, const std::string& profile);

}  // namespace specfuse
