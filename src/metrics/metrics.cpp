#include "specfuse/metrics/metrics.h"

#include "metrics/comparison.h"
#include "specfuse/core/error.h"

namespace specfuse {
namespace {

struct Metric {
  MetricInfo info;
  double (*value)(const Comparison&, LeftOut&);
};

/// The registry: a new measure is a function in a file of its own, and a line here.
const std::vector<Metric>& metrics() {
  static const std::vector<Metric> list{
      {{"psnr_db", "dB", true}, psnr_db},
      {{"psnr_global_db", "dB", true}, psnr_global_db},
      {{"psnr_unit_db", "dB", true}, psnr_unit_db},
      {{"sam_deg", "deg", false}, sam_deg},
      {{"ergas", "", false}, ergas},
      {{"ssim", "", true}, ssim},
      {{"uiqi", "", true}, uiqi},
      {{"q2n", "", true}, q2n},
      {{"rmse", "", false}, rmse},
      {{"cc", "", true}, cc},
  };
  return list;
}

}  // namespace

std::vector<MetricInfo> metric_list() {
  std::vector<MetricInfo> list;
  for (const Metric& metric : metrics()) list.push_back(metric.info);
  return list;
}

Scores evaluate(const Cube& reference, const Cube& fused, Index ratio) {
  SPECFUSE_CHECK(ratio >= 1, "evaluate: expected a ratio of at least 1, got ", ratio);
  check_comparable(reference, fused);
  const Comparison images{reference, fused, ratio, band_statistics(reference, fused)};
  Scores scores;
  for (const Metric& metric : metrics()) {
    scores.values.push_back({metric.info.key, metric.value(images, scores.left_out)});
  }
  return scores;
}

}  // namespace specfuse
