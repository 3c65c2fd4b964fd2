#include "specfuse/metrics/evaluation.h"

#include <algorithm>

#include "metrics/profile_metrics.h"
#include "metrics/shared/metric_sums.h"
#include "metrics/shared/running_errors.h"

namespace specfuse {
namespace {

std::vector<std::vector<Metric>> groups_of(const std::vector<std::string>& profiles) {
  std::vector<std::vector<Metric>> groups{metrics()};
  for (const std::string& profile : profiles) groups.push_back(metrics_of(profile));
  return groups;
}

}  // namespace

struct Evaluator::State {
  std::vector<std::string> profiles;
  MetricSums metrics;
  RunningErrors errors;
};

Evaluator::Evaluator(Index rows, Index cols, Index ratio, const std::vector<std::string>& profiles)
    : state_(new State{profiles, {groups_of(profiles), ratio}, {rows, cols}}) {}

Evaluator::~Evaluator() = default;

Index Evaluator::halo(Index pass) const { return state_->metrics.halo(pass); }

void Evaluator::add(Index pass, const Cube& reference, const Cube& fused, const Rectangle& part) {
  state_->metrics.add(pass, reference, fused, part);
  if (pass == 0) state_->errors.add(reference, fused, part.row, part.col);
}

Evaluation Evaluator::result() {
  const MetricSums& metrics = state_->metrics;
  Evaluation all{
      metrics.scores(), band_psnr_db_of(metrics.totals()), state_->errors.statistics(metrics.totals().bands), {}};
  metrics.count_missing(all.scores.left_out);
  // The toolboxes do not count what they leave out.
  for (std::size_t i = 0; i < state_->profiles.size(); ++i)
    all.profiles[state_->profiles[i]] = {metrics.scores(i + 1).values, {}};
  return all;
}

double curve_bytes(Index values) {
  return static_cast<double>(std::min(values, GroupedCurve::kMostValues)) * double{sizeof(GroupedCurve::Point)};
}

}  // namespace specfuse
