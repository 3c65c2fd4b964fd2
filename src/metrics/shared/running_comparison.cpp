#include "metrics/shared/running_comparison.h"

#include <algorithm>
#include <limits>

#include "specfuse/imaging/no_data.h"

namespace specfuse {
namespace {

const std::string kAngle = "sam_deg";

/// Joins what is known of two parts (Chan, Golub and LeVeque 1979, eq. 2.1).
void join(BandStatistics& sum, double pixels, const BandStatistics& part, double more) {
  const double share = more / (pixels + more), between = pixels * share;
  const double gap = part.mean - sum.mean, fused_gap = part.fused_mean - sum.fused_mean;
  sum.most = std::max(sum.most, part.most);
  sum.least = std::min(sum.least, part.least);
  sum.squared_error += share * (part.squared_error - sum.squared_error);
  sum.reference_variation += part.reference_variation + between * gap * gap;
  sum.fused_variation += part.fused_variation + between * fused_gap * fused_gap;
  sum.covariation += part.covariation + between * gap * fused_gap;
  sum.mean += share * gap;
  sum.fused_mean += share * fused_gap;
}

}  // namespace

void RunningComparison::add(const Cube& reference, const Cube& fused) {
  check_comparable(reference, fused);
  bool any = false;
  for (Index p = 0; p < reference.pixels() && !any; ++p) any = reference.is_valid(p) && fused.is_valid(p);
  if (!any) return;
  const Cube x = valid_pixels(reference, fused), y = valid_pixels(fused, reference);
  const std::vector<BandStatistics> part = band_statistics(x, y);
  LeftOut without;
  const double mean_angle = metric_of(kAngle).value({x, y, 1, part}, without);
  const Index angles = x.pixels() - (without.empty() ? 0 : without.begin()->second);
  if (angles > 0) angle_sum_ += mean_angle * static_cast<double>(angles);
  angles_ += angles;
  for (std::size_t b = 0; b < bands_.size(); ++b) {
    join(bands_[b], static_cast<double>(pixels_), part[b], static_cast<double>(x.pixels()));
  }
  if (pixels_ == 0) bands_ = part;
  pixels_ += x.pixels();
}

double RunningComparison::value(const Metric& metric, Index ratio, LeftOut& left_out) const {
  if (pixels_ == 0) return std::numeric_limits<double>::quiet_NaN();
  if (metric.info.key == kAngle) {
    if (angles_ < pixels_) left_out["pixels with zero norm"] = pixels_ - angles_;
    return angle_sum_ / static_cast<double>(angles_);
  }
  const Cube none;  // the others look at the statistics of bands alone
  return metric.value({none, none, ratio, bands_}, left_out);
}

}  // namespace specfuse
