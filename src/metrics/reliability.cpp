#include "specfuse/metrics/reliability.h"

#include <cmath>

#include "metrics/shared/grouped_curve.h"
#include "specfuse/core/error.h"
#include "specfuse/imaging/sums.h"

namespace specfuse {
namespace {

/// What intervals of sigma are to hold.
constexpr double kShare = 0.68;

}  // namespace

struct ReliabilityEvaluator::State {
  double width_95;
  GroupedCurve curve;
  /// Of all values seen, those within sigma and those within width_95 sigma.
  double all = 0, within_68 = 0, within_95 = 0;
};

ReliabilityEvaluator::ReliabilityEvaluator(Index rows, Index cols, Index bands, double width_95)
    : state_(new State{width_95, {rows, cols, bands}}) {}

ReliabilityEvaluator::~ReliabilityEvaluator() = default;

void ReliabilityEvaluator::add(const Cube& reference, const Cube& fused, const Cube& sigma, Index row, Index col) {
  const Shape& shape = reference.values.shape();
  SPECFUSE_CHECK(shape == fused.values.shape() && shape == sigma.values.shape(), "reliability: expected ", shape.text(),
                 ", got ", fused.values.shape().text(), " and sigma ", sigma.values.shape().text());
  const Index bands = reference.bands(), cols = reference.cols();
  const auto seen = [&](Index pixel) { return reference.is_valid(pixel) && fused.is_valid(pixel); };
  const auto error = [&](Index i) { return std::abs(fused.values[i] - reference.values[i]); };
  const auto add_row = [&, width_95 = state_->width_95](Index at, double* sums) {
    for (Index pixel = at * cols; pixel < (at + 1) * cols; ++pixel) {
      if (!seen(pixel)) continue;
      for (Index i = pixel * bands; i < (pixel + 1) * bands; ++i) {
        const float width = sigma.values[i];
        SPECFUSE_CHECK(width > 0 && std::isfinite(width), "reliability: expected a sigma above 0, got ", width);
        sums[0] += error(i) <= width ? 1 : 0;
        sums[1] += error(i) <= width_95 * width ? 1 : 0;
      }
      sums[2] += static_cast<double>(bands);
    }
  };
  const std::vector<double> sums = sum_over_rows(reference.rows(), 3, add_row);
  state_->within_68 += sums[0];
  state_->within_95 += sums[1];
  state_->all += sums[2];
  std::vector<GroupedCurve::Point> points;
  for (const auto& [in_image, i] : state_->curve.taken_of({row, col, reference.rows(), cols})) {
    if (seen(i / bands)) points.push_back({in_image, sigma.values[i], error(i)});
  }
  state_->curve.add(points);
}

Reliability ReliabilityEvaluator::result() {
  const GroupedCurve::Groups groups = state_->curve.groups(kShare);
  return {state_->within_68 / state_->all, state_->within_95 / state_->all, groups.x, groups.y};
}

}  // namespace specfuse
