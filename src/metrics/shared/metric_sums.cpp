#include "metrics/shared/metric_sums.h"

#include <algorithm>
#include <limits>

#include "specfuse/core/error.h"
#include "specfuse/imaging/no_data.h"
#include "specfuse/imaging/pair_parts.h"

namespace specfuse {
namespace {

bool share_data(const Cube& x, const Cube& y) {
  if (x.valid.empty() && y.valid.empty()) return true;
  for (Index p = 0; p < x.pixels(); ++p) {
    if (x.is_valid(p) && y.is_valid(p)) return true;
  }
  return false;
}

Rectangle largest_part(const Cube& x, const Cube& y) {
  return x.valid.empty() && y.valid.empty() ? Rectangle{0, 0, x.rows(), x.cols()} : largest_valid_part(x, y);
}

/// The part of a rectangle with data that windows reach which begin in so many rows and columns.
Rectangle reached(const Rectangle& data, Index rows, Index cols) {
  return {data.row, data.col, std::min(data.rows, rows - data.row), std::min(data.cols, cols - data.col)};
}

void add_to(Sums& sums, const Sums& more) {
  sums.resize(more.size());
  for (std::size_t i = 0; i < more.size(); ++i) sums[i] += more[i];
}

}  // namespace

MetricSums::MetricSums(const std::vector<std::vector<Metric>>& groups, Index ratio) : groups_(groups) {
  SPECFUSE_CHECK(ratio >= 1, "evaluate: expected a ratio of at least 1, got ", ratio);
  pixels_.ratio = windows_.ratio = ratio;
  for (const std::vector<Metric>& group : groups_) {
    sums_.emplace_back(group.size());
    for (const Metric& metric : group) halo_ = std::max(halo_, metric.halo);
  }
}

void MetricSums::add(Index pass, const Cube& reference, const Cube& fused, const Rectangle& part) {
  if (pass == 0) return add_totals(reference, fused);
  add_sums(reference, fused, part);
}

void MetricSums::add_whole(const Cube& reference, const Cube& fused) {
  add_totals(reference, fused);
  add_sums(reference, fused, {0, 0, reference.rows(), reference.cols()});
}

void MetricSums::add_totals(const Cube& reference, const Cube& fused) {
  check_comparable(reference, fused);
  all_ += reference.pixels();
  if (!share_data(reference, fused)) return;
  const Totals pixels = totals_of(valid_pixels(reference, fused), valid_pixels(fused, reference));
  join(pixels_, pixels);
  const Rectangle data = largest_part(reference, fused);
  const bool whole = data.rows * data.cols == reference.pixels();
  join(windows_, whole || halo_ == 0 ? pixels : totals_of(crop(reference, data), crop(fused, data)));
}

void MetricSums::add_sums(const Cube& reference, const Cube& fused, const Rectangle& part) {
  const Rectangle own{0, 0, part.rows, part.cols};
  const Cube x = part_of(reference, own), y = part_of(fused, own);
  const bool any = share_data(x, y);
  const Cube of_x = any ? valid_pixels(x, y) : Cube(), of_y = any ? valid_pixels(y, x) : Cube();
  const Rectangle data = largest_part(reference, fused), inner = reached(data, part.rows, part.cols);
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    for (std::size_t i = 0; i < groups_[g].size(); ++i) {
      const Metric& metric = groups_[g][i];
      if (metric.sums == nullptr) continue;
      Sums& sums = sums_[g][i];
      if (metric.halo > 0) {
        if (std::min(inner.rows, inner.cols) < 1) continue;
        const Rectangle seen = reached(data, part.rows + metric.halo, part.cols + metric.halo);
        add_to(sums, metric.sums({part_of(reference, seen), part_of(fused, seen), windows_, inner.rows, inner.cols}));
      } else if (any) {
        add_to(sums, metric.sums({of_x, of_y, pixels_, of_x.rows(), of_x.cols()}));
      }
    }
  }
}

Scores MetricSums::scores(std::size_t group) const {
  Scores scores;
  for (std::size_t i = 0; i < groups_[group].size(); ++i) {
    const Metric& metric = groups_[group][i];
    const Totals& totals = metric.halo > 0 ? windows_ : pixels_;
    const double value = totals.pixels == 0 ? std::numeric_limits<double>::quiet_NaN()
                                            : metric.value(totals, sums_[group][i], scores.left_out);
    scores.values.push_back({metric.info.key, value});
  }
  return scores;
}

void MetricSums::count_missing(LeftOut& left_out) const {
  if (pixels_.pixels == all_) return;
  left_out["pixels without data"] = all_ - pixels_.pixels;
  left_out["pixels outside the largest part with data, by metrics of windows"] = all_ - windows_.pixels;
}

}  // namespace specfuse
