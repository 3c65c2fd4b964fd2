#pragma once

#include "specfuse/kernels/conv_geometry.h"
#include "specfuse/kernels/conv_lanes.h"

namespace specfuse {

/// A run of output positions, numbered through the whole batch: sample by sample, row by row.
struct PositionRange {
  Index begin, end;
  Index size() const { return end - begin; }
};

struct Im2colRoutines {
  /// columns [taps, range.size()]: the input value under each tap at each position, zero in the padding.
  void (*im2col)(const ConvGeometry& geometry, const float* input, PositionRange range, float* columns);
  /// The transpose of im2col: adds each column value to the input position it came from.
  void (*col2im)(const ConvGeometry& geometry, const float* columns, PositionRange range, float* input);
};

/// One block of 16 samples; see kernels/conv_lanes.h. `dy` has `kLaneMargin` zero positions before and after each
/// channel. The backward routines add.
struct LaneRoutines {
  void (*forward)(const LaneConv& conv, const float* x, const float* weight, const float* bias, float* y);
  void (*backward_data)(const LaneConv& conv, const float* dy, const float* weight, float* dx);
  void (*backward_weight)(const LaneConv& conv, const float* dy, const float* x, float* dweight);
};

/// At least one less than the widest register tile.
inline constexpr Index kLaneMargin = 8;

/// The routines that are compiled once per instruction set, from one source each.
struct SimdTable {
  /// "avx512", "avx2" or "baseline".
  const char* name;
  Im2colRoutines im2col;
  LaneRoutines lanes;
};

}  // namespace specfuse
