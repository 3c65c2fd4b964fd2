#include "specfuse/metrics/error_statistics.h"

#include "metrics/shared/metric_sums.h"
#include "metrics/shared/running_errors.h"

namespace specfuse {

ErrorStatistics error_statistics(const Cube& reference, const Cube& fused) {
  MetricSums sums({}, 1);
  sums.add_whole(reference, fused);
  RunningErrors errors(reference.rows(), reference.cols());
  errors.add(reference, fused, 0, 0);
  return errors.statistics(sums.totals().bands);
}

}  // namespace specfuse
