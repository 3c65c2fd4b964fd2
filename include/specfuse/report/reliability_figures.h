#pragma once

#include <string>
#include <vector>

#include "specfuse/metrics/reliability.h"
#include "specfuse/report/figure.h"

namespace specfuse {

/// The reliability of one method.
struct ReliabilityCurve {
  std::string label;
  /// Place in `kSeriesColours`, that of the method in the other charts.
  int colour = 0;
  Reliability reliability;
};

/// One chart of observed against expected errors on logarithmic axes, with the diagonal on which they are equal, and
/// the coverage of each method's intervals as caption.
FigureGroup reliability_figures(const std::vector<ReliabilityCurve>& curves);

}  // namespace specfuse
