#pragma once

#include <vector>

#include "specfuse/core/buffer.h"

namespace specfuse {

/// Replaces each value of a plane [rows, cols] that starts a whole window by the sum over the window x window values, a
/// power of two. Doubling the width only ever adds: a window of zeros keeps a sum of exactly zero, and one of equal
/// values an exact sum, which running sums do not.
inline void sum_windows(std::vector<double>& plane, Index rows, Index cols, Index window) {
  for (Index step = 1; step < window; step *= 2) {
    for (Index i = 0; i < (rows - 2 * step + 1) * cols; ++i) {
      plane[static_cast<std::size_t>(i)] += plane[static_cast<std::size_t>(i + step * cols)];
    }
  }
  for (Index row = 0; row <= rows - window; ++row) {
    double* const values = plane.data() + row * cols;
    for (Index step = 1; step < window; step *= 2) {
      for (Index col = 0; col <= cols - 2 * step; ++col) values[col] += values[col + step];
    }
  }
}

}  // namespace specfuse
