#pragma once

#include <optional>
#include <string>

#include "specfuse/results/experiment_results.h"

namespace specfuse {

/// What a result is made of beside its scores.
struct TrustFacts {
  /// The file of the errors to be expected; empty where the method says nothing of them.
  std::string sigma_file;
  /// Intervals that hold 95 % of the errors as a multiple of those, and the mean of the HSI.
  double width_95 = 2, mean = 0;
  int warnings = 0;
};

/// Three sentences on how far a result without a reference can be trusted.
std::string trust_text(const MethodResult& result, const TrustFacts& facts);

}  // namespace specfuse
