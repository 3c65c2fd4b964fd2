#include "specfuse/metrics/scores_by_parts.h"

#include <algorithm>
#include <limits>

#include "metrics/shared/running_comparison.h"
#include "metrics/shared/running_errors.h"
#include "specfuse/core/error.h"

namespace specfuse {
namespace {

bool has_all(const Cube& cube) {
  return cube.valid.empty() || std::find(cube.valid.begin(), cube.valid.end(), std::uint8_t{0}) == cube.valid.end();
}

/// How many windows a measure looks at in an image.
Index windows_in(const Metric& metric, Index rows, Index cols) {
  constexpr Index kBlock = ScoresByParts::kUnit;
  if (metric.sliding == 0) return (rows + kBlock - 1) / kBlock * ((cols + kBlock - 1) / kBlock);
  return std::max<Index>(0, rows - metric.sliding + 1) * std::max<Index>(0, cols - metric.sliding + 1);
}

}  // namespace

/// The mean of a measure over the windows seen so far.
struct WindowMean {
  double sum = 0;
  Index count = 0;
};

struct ScoresByParts::State {
  State(Index rows, Index cols, Index of) : ratio(of), errors(rows, cols) {}

  Index ratio, missing = 0, skipped = 0;
  RunningComparison comparison;
  RunningErrors errors;
  std::map<std::string, WindowMean> windows;
  /// Of the bands that measures of windows could not use: the same in every part.
  LeftOut left_out;
};

ScoresByParts::ScoresByParts(Index rows, Index cols, Index ratio) : state_(std::make_unique<State>(rows, cols, ratio)) {
  SPECFUSE_CHECK(ratio >= 1, "evaluate: expected a ratio of at least 1, got ", ratio);
}

ScoresByParts::~ScoresByParts() = default;

void ScoresByParts::look(const Cube& reference, const Cube& fused, Index row, Index col) {
  const Index before = state_->comparison.pixels();
  state_->comparison.add(reference, fused);
  state_->missing += reference.pixels() - (state_->comparison.pixels() - before);
  state_->errors.add(reference, fused, row, col);
}

void ScoresByParts::measure(const Cube& reference, const Cube& fused, Index rows, Index cols) {
  check_comparable(reference, fused);
  if (!has_all(reference) || !has_all(fused)) return void(state_->skipped += rows * cols);
  for (const Metric& metric : metrics()) {
    if (!metric.info.windows) continue;
    const Index beyond = std::max<Index>(0, metric.sliding - 1);
    const Rectangle seen{0, 0, std::min(reference.rows(), rows + beyond), std::min(reference.cols(), cols + beyond)};
    const Index count = windows_in(metric, seen.rows, seen.cols);
    if (count == 0 || (metric.sliding == 0 && (seen.rows < kUnit || seen.cols < kUnit))) continue;
    const Cube x = crop(reference, seen), y = crop(fused, seen);
    const double value = metric.value({x, y, state_->ratio, state_->comparison.bands()}, state_->left_out);
    WindowMean& mean = state_->windows[metric.info.key];
    mean.sum += value * static_cast<double>(count);
    mean.count += count;
  }
}

Scores ScoresByParts::scores() const {
  Scores scores;
  scores.left_out = state_->left_out;
  if (state_->missing > 0) scores.left_out["pixels without data"] = state_->missing;
  if (state_->skipped > 0)
    scores.left_out["pixels of parts with some without data, by measures of windows"] = state_->skipped;
  for (const Metric& metric : metrics()) {
    double value = std::numeric_limits<double>::quiet_NaN();
    if (metric.info.windows) {
      const auto found = state_->windows.find(metric.info.key);
      if (found != state_->windows.end()) value = found->second.sum / static_cast<double>(found->second.count);
    } else {
      value = state_->comparison.value(metric, state_->ratio, scores.left_out);
    }
    scores.values.push_back({metric.info.key, value});
  }
  return scores;
}

std::vector<double> ScoresByParts::band_psnr_db() const {
  std::vector<double> result;
  for (const BandStatistics& band : state_->comparison.bands()) {
    result.push_back(decibels(band.most, band.squared_error));
  }
  return result;
}

ErrorStatistics ScoresByParts::errors() { return state_->errors.statistics(state_->comparison.bands()); }

double curve_bytes(Index values) {
  return static_cast<double>(std::min(values, GroupedCurve::kMostValues)) * double{sizeof(GroupedCurve::Point)};
}

}  // namespace specfuse
