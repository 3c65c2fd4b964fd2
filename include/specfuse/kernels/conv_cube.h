#pragma once

#include "specfuse/kernels/conv_backward.h"
#include "specfuse/tensor/tensor.h"

namespace specfuse {

/// Convolutions of a cube of maps, zero beyond its edges, so that its size stays the same. A cube is kept as [N, rows,
/// cols, bands, C], the channels last: under each tap lie the channels of neighbouring bands as one run, so that a
/// convolution is a sum over taps of products [bands, C] x [C, O] without columns, and an edge takes taps away instead
/// of positions. The rank of the weight gives the direction: [O, C, K] goes along the bands, [O, C, K, K] across the
/// pixels; K is odd. Results do not depend on the number of threads.

struct CubeConvOptions {
  /// Distance of neighbouring taps.
  Index dilation = 1;
  /// Whether it ends in max(., 0).
  bool relu = false;
};

/// [N, rows, cols, bands, O] of x [N, rows, cols, bands, C], a weight and bias [O]. Throws `Error` where shapes do not
/// fit, K is even or the dilation is below 1.
Tensor conv_cube_forward(const Tensor& x, const Tensor& weight, const Tensor& bias, const CubeConvOptions& options);

/// Adds the gradients of a convolution.
void conv_cube_backward(const ConvBackward& at, Index dilation, const ConvGradients& gradients);

}  // namespace specfuse
