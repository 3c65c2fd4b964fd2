#pragma once

#include <algorithm>
#include <iterator>
#include <vector>

namespace specfuse {

/// From the median of absolute values to the standard deviation of a normal distribution.
inline constexpr double kMedianToDeviation = 1.4826;

/// The upper one of two in the middle.
inline double median(std::vector<double> values) {
  const auto middle = values.begin() + std::ssize(values) / 2;
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace specfuse
