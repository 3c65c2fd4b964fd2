#include "specfuse/report/reliability_figures.h"

#include <algorithm>
#include <limits>

#include "specfuse/core/error.h"
#include "specfuse/report/line_chart.h"
#include "specfuse/report/text_format.h"

namespace specfuse {

FigureGroup reliability_figures(const std::vector<ReliabilityCurve>& curves) {
  Chart chart{"expected error", "observed error", {}, true, true};
  double low = std::numeric_limits<double>::infinity(), high = 0;
  std::string caption;
  for (const auto& [label, colour, own] : curves) {
    Series series{label, own.expected, own.observed, false, colour};
    series.dotted = true;
    chart.series.push_back(series);
    for (const std::vector<double>* const values : {&own.expected, &own.observed}) {
      for (const double value : *values) {
        if (value > 0) low = std::min(low, value);
        high = std::max(high, value);
      }
    }
    caption += concat(caption.empty() ? "" : " ", label, ": ", number_text(own.coverage_68, 3),
                      " of the errors lie within the intervals for 68 %, ", number_text(own.coverage_95, 3),
                      " within those for 95 %.");
  }
  chart.series.push_back({"equal", {low, high}, {low, high}, true, kInk});
  return {
      "Reliability",
      "All values sorted by sigma into groups of equal size: the mean sigma of each group, and the size that 68 % of "
      "its errors stay below. Above the diagonal a method expects too little error, below it too much.",
      {},
      {{"reliability", caption, {}, line_chart(chart)}}};
}

}  // namespace specfuse
