#pragma once

#include "specfuse/kernels/conv_geometry.h"

namespace specfuse {

/// A run of output positions, numbered through the whole batch: sample by sample, row by row.
struct PositionRange {
  Index begin, end;
  Index size() const { return end - begin; }
};

/// The routines that are compiled once per instruction set, from one source.
struct SimdTable {
  /// "avx512", "avx2" or "baseline".
  const char* name;
  /// columns [taps, range.size()]: the input value under each tap at each position, zero in the padding.
  void (*im2col)(const ConvGeometry& geometry, const float* input, PositionRange range, float* columns);
  /// The transpose of im2col: adds each column value to the input position it came from.
  void (*col2im)(const ConvGeometry& geometry, const float* columns, PositionRange range, float* input);
};

}  // namespace specfuse
