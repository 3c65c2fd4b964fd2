#pragma once

#include "metrics/shared/comparison.h"
#include "specfuse/metrics/metrics.h"

namespace specfuse {

/// A measure: an entry of metrics.def and a file beside it.
struct Metric {
  MetricInfo info;
  /// The value, with what had to be left out.
  double (*value)(const Comparison& images, LeftOut& left_out);
  /// Side of the windows it slides over the image; 0: it looks at blocks of 32 x 32 pixels, or at no windows.
  Index sliding = 0;
};

/// Every measure, in the order of metrics.def.
const std::vector<Metric>& metrics();

/// The measure of this key. Throws `Error` where there is none.
const Metric& metric_of(const std::string& key);

}  // namespace specfuse
