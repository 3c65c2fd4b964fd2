#pragma once

#include <string>
#include <vector>

#include "run/result_folder.h"
#include "specfuse/report/experiment_results.h"
#include "specfuse/report/figure.h"
#include "specfuse/report/result_tables.h"

namespace specfuse {

/// What the terminal shows of the results.
std::string summary_text(const ResultTables& tables);

/// Stages all files of the whole experiment and publishes everything that is staged. `log` is the training log. Returns
/// `summary_text`.
std::string write_results(const ExperimentResults& results, const std::vector<FigureGroup>& figures,
                          const std::string& log, ResultFolder& folder);

}  // namespace specfuse
