#include "specfuse/results/experiment_results.h"

#include <algorithm>

namespace specfuse {

bool ExperimentResults::scored() const {
  return std::any_of(methods.begin(), methods.end(),
                     [](const MethodResult& result) { return result.scores.has_value(); });
}

bool ExperimentResults::leaked(const std::string& label) const {
  return std::any_of(methods.begin(), methods.end(),
                     [&](const MethodResult& result) { return result.label == label && result.leaked(); });
}

std::vector<std::array<Index, 2>> half_peak_bands(const Tensor& srf) {
  std::vector<std::array<Index, 2>> spans;
  for (Index m = 0; m < srf.dim(0); ++m) {
    const float* const row = srf.data() + m * srf.dim(1);
    const float half = *std::max_element(row, row + srf.dim(1)) / 2;
    std::array<Index, 2> span{srf.dim(1), 0};
    for (Index b = 0; b < srf.dim(1); ++b) {
      if (row[b] >= half) span = {std::min(span[0], b + 1), b + 1};
    }
    spans.push_back(span);
  }
  return spans;
}

}  // namespace specfuse
