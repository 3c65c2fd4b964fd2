#pragma once

#include <vector>

#include "kernels/simd.h"
#include "specfuse/kernels/toom_cook.h"

namespace specfuse {

/// The three sequences of a convolution: inputs, weights and outputs.
enum class ToomRole { signal, taps, result };

/// A convolution along one axis and how it is computed: by Toom-Cook with `blocks` one after the other.
struct ToomAxis {
  std::vector<Index> blocks;
  /// Of the three sequences, by role: before the first level, between levels and after the last.
  std::vector<Index> lengths[3];

  /// The signal has taps + results - 1 positions.
  ToomAxis(std::vector<Index> chosen_blocks, Index taps, Index results);
  std::size_t levels() const { return blocks.size(); }
  /// Independent convolutions that a convolution at `level` becomes at the last.
  Index points(std::size_t level = 0) const;
  Index length(ToomRole role, std::size_t level) const { return lengths[static_cast<int>(role)][level]; }
  /// After the last level.
  Index length(ToomRole role) const { return length(role, levels()); }
};

/// Rows of positions, each a run of `width` floats; after the last transform they are `step` floats apart. 0: `width`.
struct ToomRows {
  Index rows, width, step = 0;
};

/// Rows of one of the three sequences along an axis, before the transform of a level.
struct ToomSequence {
  const ToomAxis& axis;
  ToomRole role;
  ToomRows rows;
  std::size_t level = 0;

  /// The same at each point of this level.
  ToomSequence next() const { return {axis, role, rows, level + 1}; }
  /// Points of this level alone.
  Index points() const { return axis.points(level) / axis.points(level + 1); }
  /// Floats at one of them.
  Index point_size() const { return rows.rows * axis.length(role, level + 1) * rows.width; }
};

/// One level: from [rows, length, width] to [points, rows, length of the next level, width or step].
void toom_expand_level(const ToomSequence& of, const float* from, float* to);
/// Its transpose: adds to `to` for signals, whose windows overlap, and sets it for taps and results, which it finishes
/// row by row.
void toom_contract_level(const ToomSequence& of, const float* from, float* to, const Finish& finish = {});

/// This level and all behind it: to [points, rows, last length, width or step], the points of the first level
/// outermost.
void toom_expand(const ToomSequence& of, const float* from, float* to);
/// Its transpose: adds to `to` for signals, sets it for taps and results.
void toom_contract(const ToomSequence& of, const float* from, float* to);

}  // namespace specfuse
