#pragma once

#include "metrics/metric.h"

namespace specfuse {

/// Groups of metrics of a fused image that is shown part by part, each part twice: first for the totals, then for what
/// each metric adds up with them.
class MetricSums {
 public:
  /// Throws `Error` unless the ratio is at least 1.
  MetricSums(const std::vector<std::vector<Metric>>& groups, Index ratio);

  static constexpr Index kPasses = 2;
  /// Rows below and columns to the right of each part that are shown with it, as far as there are.
  Index halo(Index pass) const { return pass == 0 ? 0 : halo_; }
  /// `part` is where the images begin, and how large they are without the halo. Throws as `check_comparable`.
  void add(Index pass, const Cube& reference, const Cube& fused, const Rectangle& part);
  /// Of images in memory: they are one part. Those that look at no totals may be shown many such.
  void add_whole(const Cube& reference, const Cube& fused);

  /// Of a group; NaN where no pixel was added.
  Scores scores(std::size_t group = 0) const;
  /// Of the pixels that hold data.
  const Totals& totals() const { return pixels_; }
  /// Counts the pixels without data, and those that metrics of windows leave out for them.
  void count_missing(LeftOut& left_out) const;

 private:
  void add_totals(const Cube& reference, const Cube& fused);
  void add_sums(const Cube& reference, const Cube& fused, const Rectangle& part);

  std::vector<std::vector<Metric>> groups_;
  std::vector<std::vector<Sums>> sums_;
  Index halo_ = 0, all_ = 0;
  Totals pixels_, windows_;
};

}  // namespace specfuse
