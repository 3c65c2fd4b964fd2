#include "specfuse/metrics/error_statistics.h"

#include "metrics/shared/running_errors.h"

namespace specfuse {

ErrorStatistics error_statistics(const Cube& reference, const Cube& fused) {
  return error_statistics_of(ValidImages(reference, fused, 1));
}

ErrorStatistics error_statistics_of(const ValidImages& images) {
  const Comparison& pixels = images.pixels();
  RunningErrors errors(pixels.reference.rows(), pixels.reference.cols());
  errors.add(pixels.reference, pixels.fused, 0, 0);
  return errors.statistics(pixels.bands);
}

}  // namespace specfuse
