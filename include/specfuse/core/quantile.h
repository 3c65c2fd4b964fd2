#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace specfuse {

/// From the median of absolute values to the standard deviation of a normal distribution.
inline constexpr double kMedianToDeviation = 1.4826;

/// The value that this part of at least one lies below; puts them in another order.
template <class T>
T quantile(std::vector<T>& values, double part) {
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(part * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

/// The upper one of two in the middle.
template <class T>
T median(std::vector<T> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace specfuse
