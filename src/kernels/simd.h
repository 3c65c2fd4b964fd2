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

/// Sizes of a convolution of images [H, W, C]; see kernels/conv_pixels.h.
struct PixelConv {
  Index in_channels, out_channels, in_h, in_w, kernel_h, kernel_w, out_h, out_w;
};

/// Channels that are computed together, the last group padded with zeros.
inline constexpr Index kPixelGroup = 32;
/// Zero columns before and after each row of a gradient: at least one less than the widest register tile.
inline constexpr Index kPixelMargin = 12;

/// What one group of up to `kPixelGroup` channels is computed with.
struct PixelGroup {
  Index channels;
  /// [KH, KW * other channels, kPixelGroup]; for `backward_row` each row of the kernel turned round.
  const float* weight;
  const float* bias;
};

/// Pointers to outputs are those of the group's first channel. `dy` has the margin around each row, and at least
/// `kPixelGroup` floats behind it.
struct PixelRoutines {
  /// A row of y from the rows of x under it.
  void (*forward_row)(const PixelConv& conv, const PixelGroup& group, const float* x, float* y);
  /// Adds to row y of dx of one image.
  void (*backward_row)(const PixelConv& conv, const PixelGroup& group, Index y, const float* dy, float* dx);
  /// Sets the gradient [KW * C, kPixelGroup] of one row of the kernel, which starts at x in each image.
  void (*backward_weight)(const PixelConv& conv, Index images, const float* dy, const float* x, float* dweight);
};

/// The routines that are compiled once per instruction set, from one source each.
struct SimdTable {
  /// "avx512", "avx2" or "baseline".
  const char* name;
  Im2colRoutines im2col;
  LaneRoutines lanes;
  PixelRoutines pixels;
};

}  // namespace specfuse
