#pragma once

#include <vector>

#include "specfuse/imaging/cube.h"

namespace specfuse {

/// A square of side x side pixels. Beyond the lower and right edges an image goes on mirrored, the edge pixels
/// repeated.
struct Block {
  Index row, col, side;
};

/// Means and variances of the bands of two images of the same size over a block, and the covariances of each band of x
/// with each of y [x bands, y bands]; divided by the count of pixels.
struct BlockMoments {
  std::vector<double> mean_x, mean_y, variance_x, variance_y, covariance;
};

/// In double precision, on the calling thread.
BlockMoments block_moments(const Cube& x, const Cube& y, const Block& block);

}  // namespace specfuse
