#pragma once

#include <string>
#include <vector>

#include "specfuse/results/run_folder.h"
#include "specfuse/results/training_log.h"

namespace specfuse {

/// A file of the results by its name in their folder.
struct ResultFile {
  std::string name, content;
};

/// Publishes finished results: with all that is staged, what is kept of each method, `drawn` for people, and the log,
/// in which the warnings and what was found come first.
void publish_results(const ExperimentResults& results, const std::vector<ResultFile>& drawn, const TrainingLog& log,
                     RunFolder& folder);

}  // namespace specfuse
