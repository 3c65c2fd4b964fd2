#pragma once

#include <algorithm>
#include <vector>

namespace specfuse {

/// Whether wavelengths of unknown unit are micrometres: no sensor sees as little as 100 nm.
inline bool are_micrometres(const std::vector<double>& wavelengths) {
  return !wavelengths.empty() && *std::max_element(wavelengths.begin(), wavelengths.end()) < 100;
}

/// Whether all may be wavelengths in nanometres that a sensor sees. Metres, micrometres, wave numbers and the numbers
/// of bands are not, and neither is a fill value.
inline bool are_nanometres(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [](double value) { return value >= 100 && value <= 100000; });
}

}  // namespace specfuse
