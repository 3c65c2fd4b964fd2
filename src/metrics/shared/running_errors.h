#pragma once

#include <cstdint>

#include "metrics/shared/grouped_curve.h"
#include "metrics/shared/totals.h"
#include "specfuse/metrics/error_statistics.h"

namespace specfuse {

/// What `ErrorStatistics` needs of two images which are shown part by part.
class RunningErrors {
 public:
  /// Of the whole image.
  RunningErrors(Index rows, Index cols);
  /// A part that begins at `row` and `col`; its pixels without data take no part.
  void add(const Cube& reference, const Cube& fused, Index row, Index col);
  /// With the statistics of the bands over all that was added.
  ErrorStatistics statistics(const std::vector<BandStatistics>& bands);

  /// How many errors there are of each size.
  struct Counts {
    std::vector<std::uint64_t> bins;
    float largest = 0;
  };

 private:
  std::vector<Counts> counts_;
  GroupedCurve angles_;
};

}  // namespace specfuse
