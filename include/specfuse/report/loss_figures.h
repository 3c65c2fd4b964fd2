#pragma once

#include <vector>

#include "specfuse/report/figure.h"
#include "specfuse/results/figure_data.h"

namespace specfuse {

/// One chart of all curves on a logarithmic axis; validation dashed.
FigureGroup loss_figures(const std::vector<LossCurve>& curves);

}  // namespace specfuse
