#include "specfuse/metrics/metrics.h"

#include <algorithm>

#include "metrics/shared/metric_sums.h"

namespace specfuse {

std::vector<MetricInfo> metric_list() {
  std::vector<MetricInfo> list;
  for (const Metric& metric : metrics()) list.push_back(metric.info);
  return list;
}

std::optional<double> Scores::of(const std::string& key) const {
  const auto found = std::ranges::find(values, key, &Score::key);
  return found == values.end() ? std::nullopt : std::optional(found->value);
}

Scores evaluate(const Cube& reference, const Cube& fused, Index ratio) {
  MetricSums sums({metrics()}, ratio);
  sums.add_whole(reference, fused);
  Scores scores = sums.scores();
  sums.count_missing(scores.left_out);
  return scores;
}

}  // namespace specfuse
