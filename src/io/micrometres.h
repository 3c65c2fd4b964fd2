#pragma once

#include <algorithm>
#include <vector>

namespace specfuse {

/// Whether wavelengths of unknown unit are micrometres: no sensor sees as little as 100 nm.
inline bool are_micrometres(const std::vector<double>& wavelengths) {
  return !wavelengths.empty() && *std::max_element(wavelengths.begin(), wavelengths.end()) < 100;
}

}  // namespace specfuse
