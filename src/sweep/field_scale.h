#pragma once

#include <string>
#include <vector>

#include "specfuse/report/line_chart.h"
#include "specfuse/sweep/sweep.h"

namespace specfuse {

/// Where the values of one field of a sweep lie on an axis, in the runs that are given.
class FieldScale {
 public:
  FieldScale(const std::vector<const SweepRun*>& runs, std::size_t field, const FieldLabel& label);

  /// How many values there are.
  std::size_t size() const { return values_.size(); }
  /// Whether the values have an order: numbers, and null beyond them. Names and objects have none.
  bool is_ordered() const;
  /// Numbers lie where they are. Anything else lies side by side, numbers among it first and in their order, then the
  /// rest in that of the runs: so no noise is behind the weakest.
  double position(const std::string& value) const;
  /// Label and marks; powers where the values lie evenly as powers do.
  void set_axis(Chart& chart) const;

 private:
  void set_number_axis(Chart& chart) const;

  FieldLabel label_;
  std::vector<std::string> values_;
  bool numeric_ = false;
};

}  // namespace specfuse
