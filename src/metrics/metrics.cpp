#include "specfuse/metrics/metrics.h"

#include "metrics/metric.h"
#include "specfuse/core/progress.h"

namespace specfuse {

std::vector<MetricInfo> metric_list() {
  std::vector<MetricInfo> list;
  for (const Metric& metric : metrics()) list.push_back(metric.info);
  return list;
}

Scores evaluate(const Cube& reference, const Cube& fused, Index ratio) {
  return scores_of(ValidImages(reference, fused, ratio));
}

Scores scores_of(const ValidImages& images) {
  Scores scores;
  images.count_missing(scores.left_out);
  Progress progress(static_cast<Index>(metrics().size()), "measures");
  for (const Metric& metric : metrics()) {
    scores.values.push_back({metric.info.key, metric.value(images.seen_by(metric.info), scores.left_out)});
    progress.tick();
  }
  return scores;
}

}  // namespace specfuse
