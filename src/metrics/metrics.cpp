#include "specfuse/metrics/metrics.h"

#include "metrics/metric.h"
#include "specfuse/core/error.h"

namespace specfuse {

std::vector<MetricInfo> metric_list() {
  std::vector<MetricInfo> list;
  for (const Metric& metric : metrics()) list.push_back(metric.info);
  return list;
}

Scores evaluate(const Cube& reference, const Cube& fused, Index ratio) {
  SPECFUSE_CHECK(ratio >= 1, "evaluate: expected a ratio of at least 1, got ", ratio);
  check_comparable(reference, fused);
  const ValidImages images(reference, fused, ratio);
  Scores scores;
  images.count_missing(scores.left_out);
  for (const Metric& metric : metrics()) {
    scores.values.push_back({metric.info.key, metric.value(images.seen_by(metric.info), scores.left_out)});
  }
  return scores;
}

}  // namespace specfuse
