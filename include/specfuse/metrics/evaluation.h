#pragma once

#include <map>
#include <string>
#include <vector>

#include "specfuse/metrics/error_statistics.h"
#include "specfuse/metrics/metrics.h"

namespace specfuse {

/// All that is told of a fused image against its reference.
struct Evaluation {
  Scores scores;
  std::vector<double> band_psnr_db;
  ErrorStatistics errors;
  /// By the name of each profile that was asked for.
  std::map<std::string, Scores> profiles;
};

/// What `evaluate`, `band_psnr_db`, `error_statistics` and `evaluate_profile` say, from one look at both images. Throws
/// as they do.
Evaluation evaluate_all(const Cube& reference, const Cube& fused, Index ratio,
                        const std::vector<std::string>& profiles);

}  // namespace specfuse
