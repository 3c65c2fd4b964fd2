#include "specfuse/metrics/evaluation.h"

#include "metrics/shared/comparison.h"

namespace specfuse {

Evaluation evaluate_all(const Cube& reference, const Cube& fused, Index ratio,
                        const std::vector<std::string>& profiles) {
  const ValidImages images(reference, fused, ratio);
  Evaluation all{scores_of(images), band_psnr_db_of(images), error_statistics_of(images), {}};
  for (const std::string& name : profiles) all.profiles[name] = profile_scores_of(name, images);
  return all;
}

}  // namespace specfuse
