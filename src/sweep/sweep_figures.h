#pragma once

#include <string>
#include <vector>

#include "specfuse/report/figure.h"
#include "sweep/sweep_table.h"

namespace specfuse {

/// The main metrics of a sweep against each field of more than one value, a group for each field: a line for each
/// method and each combination of the other fields, with bars of the spread over seeds. Colour and marker belong to the
/// method and the dashes to the combination, in all figures alike.
std::vector<FigureGroup> sweep_figures(const Sweep& sweep, const SweepTable& table);

}  // namespace specfuse
