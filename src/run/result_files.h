#pragma once

#include <string>
#include <vector>

#include "run/result_folder.h"
#include "specfuse/report/experiment_results.h"
#include "specfuse/report/figure.h"
#include "specfuse/report/table.h"

namespace specfuse {

/// Stages all files of the whole experiment and publishes everything that is staged. `log` is the training log. Returns
/// the table of the scores.
Table write_results(const ExperimentResults& results, const std::vector<FigureGroup>& figures, const std::string& log,
                    ResultFolder& folder);

}  // namespace specfuse
