#pragma once

#include <vector>

#include "specfuse/kernels/toom_cook.h"

namespace specfuse {

/// The three sequences of a convolution: inputs, weights and outputs.
enum class ToomRole { signal, taps, result };

/// A convolution along one axis and how it is computed: by Toom-Cook with `blocks` one after the other. The lengths of
/// the three sequences before the first, between them and after the last are in `lengths[role]`.
struct ToomAxis {
  std::vector<Index> blocks;
  std::vector<Index> lengths[3];

  /// The signal has taps + results - 1 positions.
  ToomAxis(std::vector<Index> chosen_blocks, Index taps, Index results);
  /// What is left to do: this many independent convolutions,
  Index points() const;
  /// of sequences of these lengths.
  Index length(ToomRole role) const { return lengths[static_cast<int>(role)].back(); }
};

/// Rows of positions, each a run of `width` floats; after the last transform they are `step` floats apart, 0 for
/// `width`.
struct ToomRows {
  Index rows, width, step = 0;
};

/// from [rows, length, width] -> to [points, rows, length after, step].
void toom_expand(const ToomAxis& axis, ToomRole role, const ToomRows& rows, const float* from, float* to);
/// The transpose, from [points, rows, length after, step]: adds to `to` [rows, length, width].
void toom_contract(const ToomAxis& axis, ToomRole role, const ToomRows& rows, const float* from, float* to);

}  // namespace specfuse
