#pragma once

#include <vector>

#include "specfuse/report/figures_scene.h"
#include "specfuse/report/report.h"
#include "specfuse/report/results.h"

namespace specfuse {

/// The report of an experiment: its tables, the figures of its scene, its loss curves, and how it was made.
Report make_report(const Results& results, std::vector<FigureGroup> figures);

}  // namespace specfuse
