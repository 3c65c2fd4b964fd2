#pragma once

#include <algorithm>
#include <vector>

namespace specfuse {

/// Whether wavelengths of unknown unit are micrometres: no sensor sees as little as 100 nm.
inline bool are_micrometres(const std::vector<double>& wavelengths) {
  if (wavelengths.empty()) return false;
  const auto [least, most] = std::minmax_element(wavelengths.begin(), wavelengths.end());
  return *least > 0 && *most < 100;
}

/// Whether numbers that should be wavelengths only count bands, from 0 or 1.
inline bool count_bands(const std::vector<double>& values) {
  return values.size() > 1 && values[0] <= 1 &&
         std::adjacent_find(values.begin(), values.end(), [](double one, double next) { return next != one + 1; }) ==
             values.end();
}

/// Whether all may be wavelengths in nanometres that a sensor sees. Metres, micrometres, wave numbers and the numbers
/// of bands are not, and neither is a fill value.
inline bool are_nanometres(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [](double value) { return value >= 100 && value <= 100000; });
}

}  // namespace specfuse
