#pragma once

#include <vector>

#include "specfuse/core/buffer.h"

namespace specfuse {

/// Toom-Cook: a correlation with fewer multiplications. A block of n results y_i = sum_k w_k x_(i + k) of n taps needs
/// n^2 products done plainly. Its transpose is a product of two polynomials of degree n - 1, which 2 n - 1 of their
/// values determine: y = R ((T w) * (S x)), with 2 n - 1 products between. Longer convolutions cut taps and results
/// into blocks of n; results j and taps i then meet in window j + i of 2 n - 1 inputs, so that what is left between the
/// transforms is, for each point, a convolution over windows with a block of taps as one tap: n times shorter both
/// ways, and open to the same again. (Toom 1963, Cook 1966; as a filtering algorithm Winograd 1980, "Arithmetic
/// Complexity of Computations".)
struct ToomCook {
  Index block;
  Index points() const { return 2 * block - 1; }
  /// S [points, points], T [points, block] and the transpose of R [points, block], row-major. Rows come in pairs that
  /// differ in the sign of their odd columns; the odd columns of the last row are zero. It halves the transforms.
  std::vector<float> signal, taps, result;
};

/// The algorithm for blocks of 3 or 5, made from its points. Throws `Error` for other blocks.
const ToomCook& toom_cook(Index block);

/// The same with 0 among its points, for an odd number of taps: points + 1 - taps results a block. Of a cube of maps,
/// whose blocks lie beside each other whatever the number of taps.
struct ToomPairs {
  Index points, taps;
  Index results() const { return points + 1 - taps; }
  /// T [points, taps], row-major.
  std::vector<float> weight;
  /// S and the transpose of R, zero behind the results: [points / 2, points], half as many rows as there are points.
  /// The sums over even and odd columns of a row are added for its point p and subtracted for -p; those of the last row
  /// are the values at 0 and at infinity as they are.
  std::vector<float> signal, result;
};

/// The algorithm for 8 or 12 points and an odd number of taps below them. Throws `Error` for others.
ToomPairs toom_pairs(Index points, Index taps);

/// Sizes that decide how a convolution is best computed.
struct ToomShape {
  Index in_channels, out_channels, taps, results;
};

/// The blocks to apply one after the other, none for a plain convolution: the cheapest by the number of multiply-adds,
/// transforms of signal and result included. It depends on these sizes alone, never on the number of samples.
std::vector<Index> toom_blocks(const ToomShape& shape);

/// The same in two dimensions, at most one block each way: down the columns and along the rows.
struct ToomShape2d {
  Index in_channels, out_channels, taps_h, taps_w, results_h, results_w;
};
struct ToomBlocks2d {
  std::vector<Index> down, along;
};
ToomBlocks2d toom_blocks_2d(const ToomShape2d& shape);

}  // namespace specfuse
