#pragma once

#include <vector>

#include "kernels/simd.h"
#include "specfuse/tensor/tensor.h"

namespace specfuse {

/// A convolution of a cube, from `in` to `out` channels, and where its taps lie.
struct CubeConv {
  Index images, rows, cols, bands, in, out, kernel, dilation;
  /// The kernel is square and lies across the pixels; else it lies along the bands.
  bool across;

  Index lines() const { return images * rows * cols; }
  Index taps() const { return across ? kernel * kernel : kernel; }
  Index groups() const { return (out + kChannelGroup - 1) / kChannelGroup; }
  /// Floats of the weights at one tap and of one group.
  Index run() const { return in * kChannelGroup; }
  Shape packed_shape() const { return {groups(), taps(), run()}; }
  /// The same from outputs to inputs, as gradients go.
  CubeConv transposed() const;
};

/// The lanes that are wanted of a group of output channels.
Index lanes_of(const CubeConv& conv, Index group);

/// Weights [groups, taps, in, kChannelGroup], and what happens to the sums: the bias is as long as the groups.
struct CubeSums {
  const Tensor& weights;
  CubeFinish finish;
};

/// The weight gradient is added up in so many parts: a fixed number, so that the order of additions is fixed.
inline constexpr Index kCubeParts = 8;

/// y [lines, bands, out] of x [lines, bands, in] tap by tap.
void cube_direct(const CubeConv& conv, const CubeSums& of, const float* x, float* y);

/// Adds to sums [groups, taps, in, kChannelGroup] the gradient of the weights.
void cube_direct_weights(const CubeConv& conv, const float* x, const float* dy, Tensor& sums);

/// The same by Toom-Cook, in blocks whose windows and products stay in the second-level cache.
void cube_toom(const CubeConv& conv, const CubeSums& of, const float* x, float* y);
void cube_toom_weights(const CubeConv& conv, const float* x, const float* dy, Tensor& sums);

/// Whether it takes less arithmetic that way, transforms included. It depends on the sizes alone.
bool is_toom_cheaper(const CubeConv& conv);

}  // namespace specfuse
