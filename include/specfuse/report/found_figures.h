#pragma once

#include <vector>

#include "specfuse/report/figure.h"
#include "specfuse/results/experiment_results.h"

namespace specfuse {

/// The sensors as the methods were told of them: the PSF, and where they were found the shift that varies over the
/// image and the gains. Empty where nothing is known.
std::vector<FigureGroup> found_figures(const ExperimentResults& results);

}  // namespace specfuse
