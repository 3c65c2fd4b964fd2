#pragma once

#include "specfuse/report/figure.h"
#include "specfuse/results/quality.h"

namespace specfuse {

/// The shares of the pixels that something speaks against, and where any are, a map of them.
FigureGroup quality_figure(const QualitySummary& quality);

}  // namespace specfuse
