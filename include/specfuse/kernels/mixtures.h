#pragma once

#include <vector>

#include "specfuse/tensor/tensor.h"

namespace specfuse {

/// Updates of the abundances H [pixels, M] of mixtures for a symmetric matrix G [M, M] and P [pixels, M], in place.
/// Pixels do not touch each other, so the results are the same for any number of threads. Both throw `Error` where
/// sizes do not fit.

/// H <- max(H .* P ./ max(H G, least), least), so many times.
void scale_abundances(const Tensor& gram, const Tensor& pull, Index iterations, float least, Tensor& abundances);

/// H <- simplex(A + P + A G), a step for each `inertia` m, where A is H and what m times the last step adds to it, and
/// simplex(.) is the nearest point without negative components whose sum is 1.
void descend_on_simplex(const Tensor& gram, const Tensor& pull, const std::vector<float>& inertia, Tensor& abundances);

}  // namespace specfuse
