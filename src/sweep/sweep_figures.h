#pragma once

#include <vector>

#include "specfuse/report/figure.h"
#include "sweep/sweep_table.h"

namespace specfuse {

/// One chart for each field that takes more than one value and each main measure: the measure against the field, one
/// line for each method and each combination of the values of other fields.
std::vector<Figure> sweep_figures(const Sweep& sweep, const SweepTable& table);

}  // namespace specfuse
