#pragma once

#include <string>
#include <vector>

#include "specfuse/results/experiment_results.h"

namespace specfuse {

/// metrics.json: every number of the report in full precision; null where it is undefined, and a score that is infinite
/// is "inf". `files` are those that are published with it.
std::string metrics_json(const ExperimentResults& results, const std::vector<std::string>& files = {});

/// What a metrics.json says of the experiment `config`: where it was scored, the hash of its data, its
/// warnings, and the times, memory and scores of each result. `file` is for messages. Throws `DataError` where the text
/// is not what `metrics_json` writes of this experiment.
ExperimentResults read_metrics_json(const std::string& text, const std::string& file, const ExperimentConfig& config);

/// What `metrics.json` has of an estimate.
std::string estimate_text(const Estimate& estimate);

}  // namespace specfuse
