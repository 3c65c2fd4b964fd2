#pragma once

#include "metrics/shared/totals.h"
#include "specfuse/metrics/metrics.h"

namespace specfuse {

/// What a metric is shown of a part of both images: the pixels that both hold data for, side by side [1, pixels,
/// bands], or those of an image without gaps as they lie. A metric of windows is shown the largest rectangle with data
/// everywhere of the part and its halo.
struct Part {
  const Cube &reference, &fused;
  /// Of the whole image; of metrics of windows over the rectangles of all parts.
  const Totals& totals;
  /// Of the part itself, the first that are shown: windows that begin in these rows and columns belong to it.
  Index rows, cols;
};

/// What a metric adds up over parts; the parts' are joined by addition.
using Sums = std::vector<double>;

/// A metric: an entry of metrics.def and a file beside it. An image in memory is one part.
struct Metric {
  MetricInfo info;
  /// The value, with what had to be left out.
  double (*value)(const Totals& totals, const Sums& sums, LeftOut& left_out);
  /// What a part brings; none where the totals are enough.
  Sums (*sums)(const Part& part) = nullptr;
  /// Rows and columns beyond a part that the windows which begin in it reach; 0: it looks at no windows.
  Index halo = 0;
};

/// Every metric, in the order of metrics.def.
const std::vector<Metric>& metrics();

/// The metric of this key. Throws `Error` where there is none.
const Metric& metric_of(const std::string& key);

}  // namespace specfuse
