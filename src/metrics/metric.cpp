#include "metrics/metric.h"

#include "specfuse/core/error.h"

namespace specfuse {

#define SPECFUSE_METRIC(name) Metric name##_metric();
#include "metrics/metrics.def"
#undef SPECFUSE_METRIC

const std::vector<Metric>& metrics() {
  static const std::vector<Metric> all{
#define SPECFUSE_METRIC(name) name##_metric(),
#include "metrics/metrics.def"
#undef SPECFUSE_METRIC
  };
  return all;
}

const Metric& metric_of(const std::string& key) {
  for (const Metric& metric : metrics()) {
    if (metric.info.key == key) return metric;
  }
  throw Error(concat("metric_of: expected the key of a metric, got ", key));
}

}  // namespace specfuse
