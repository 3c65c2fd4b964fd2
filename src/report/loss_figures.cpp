#include "specfuse/report/loss_figures.h"

#include <cmath>

#include "specfuse/core/error.h"
#include "specfuse/report/line_chart.h"

namespace specfuse {

FigureGroup loss_figures(const std::vector<LossCurve>& curves) {
  Chart chart{"step", "loss", {}, true};
  for (std::size_t i = 0; i < curves.size(); ++i) {
    const LossCurve& curve = curves[i];
    const int colour = static_cast<int>(i);
    chart.series.push_back({curve.label, curve.step, curve.loss, false, colour});
    Series validation{concat(curve.label, " (validation)"), {}, {}, true, colour};
    for (std::size_t k = 0; k < curve.validation_loss.size(); ++k) {
      if (std::isnan(curve.validation_loss[k])) continue;
      validation.x.push_back(curve.step[k]);
      validation.y.push_back(curve.validation_loss[k]);
    }
    if (!validation.x.empty()) chart.series.push_back(validation);
  }
  return {"Training", "Loss at the steps that were logged.", {}, {{"loss", "", {}, line_chart(chart)}}};
}

}  // namespace specfuse
