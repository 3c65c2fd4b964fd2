#pragma once

#include "metrics/metric.h"

namespace specfuse {

/// What the measures that look at no windows need of two images which are shown part by part.
class RunningComparison {
 public:
  /// The pixels of a part that both images hold data for. Throws as `check_comparable`.
  void add(const Cube& reference, const Cube& fused);
  Index pixels() const { return pixels_; }
  const std::vector<BandStatistics>& bands() const { return bands_; }
  /// A measure that looks at no windows; NaN where no pixel was added.
  double value(const Metric& metric, Index ratio, LeftOut& left_out) const;

 private:
  Index pixels_ = 0, angles_ = 0;
  double angle_sum_ = 0;
  std::vector<BandStatistics> bands_;
};

}  // namespace specfuse
