#pragma once

#include <vector>

#include "specfuse/core/buffer.h"

namespace specfuse {

/// Sums in double, on the calling thread.

/// out[i] = sum over r of weights[r] * rows[r][i], for 0 ... length - 1.
void weighted_sum(const std::vector<const float*>& rows, const std::vector<double>& weights, Index length, float* out);
void weighted_sum(const std::vector<const double*>& rows, const std::vector<double>& weights, Index length,
                  double* out);

/// Bands that `panel_products` multiplies at once: so many of the first factor, and as many as suit this CPU of the
/// second, at most kMostPanelCols.
inline constexpr Index kPanelRows = 4, kMostPanelCols = 16;
Index panel_cols();

/// sums [kPanelRows, panel_cols()] = x' y, x [count, kPanelRows] and y [count, panel_cols()].
void panel_products(const double* x, const double* y, Index count, double* sums);

}  // namespace specfuse
