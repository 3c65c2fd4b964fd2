#pragma once

#include <optional>
#include <string>
#include <vector>

#include "specfuse/experiment/config.h"
#include "specfuse/experiment/report_table.h"
#include "specfuse/imaging/metrics.h"

namespace specfuse {

/// What came of one method with one seed.
struct MethodResult {
  std::string name, label;
  /// Its folder inside the output folder.
  std::string folder;
  Index seed = 0;
  double fit_seconds = 0, fuse_seconds = 0, peak_memory_mb = 0;
  /// Against the reference; none where there is no reference.
  std::optional<Scores> scores;
  /// Of fusing the (first) training input, against its target; none where nothing is trained on.
  std::optional<Scores> train_scores;
};

/// What came of an experiment.
struct Results {
  ExperimentConfig config;
  /// Which part of the reference the scores are of, such as "whole image" or "rows 0-31, cols 16-63".
  std::string scored_on;
  std::vector<MethodResult> methods;
};

/// metrics.json: every score in full precision; null where it is infinite or undefined.
std::string metrics_json(const Results& results);

/// Every score, and the times and memory, one row for each method: over several seeds the mean, and the standard
/// deviation as spread.
Table score_table(const Results& results);
/// For each measure the p-value of a two-sided paired t-test over the seeds, of each method against the one with the
/// best mean; nothing for that one itself. Without rows for a single seed.
Table significance_table(const Results& results);
/// The scores of fusing the training input.
Table train_table(const Results& results);

}  // namespace specfuse
