#pragma once

#include "specfuse/tensor/tensor.h"

namespace specfuse {

/// 1-D convolution of many samples at once: the SIMD lanes are samples. A tensor [N, C, L] is kept as
/// [ceil(N / 16), C, L, 16], so that one position of 16 samples is a cache line, and a convolution needs neither
/// columns nor packing. For stride 1 without padding or dilation; kernels/conv.h is the general path, and what this one
/// is tested against. Results do not depend on the number of threads.

/// Samples in a block.
inline constexpr Index kLaneSamples = 16;

/// Sizes of one convolution.
struct LaneConv {
  Index in_channels, out_channels, in_length, taps;
  Index out_length;
};

/// [N, C, L] -> [ceil(N / 16), C, L, 16], the lanes beyond N zero.
Tensor to_lanes(const Tensor& x);
/// [ceil(N / 16), C, L, 16] -> [N, C, L] for N = `samples`. Throws `Error` where it does not fit.
Tensor from_lanes(const Tensor& x, Index samples);

/// [M, O, L - K + 1, 16] of x [M, C, L, 16], weight [O, C, K] and bias [O]; then max(., 0) where `relu`.
Tensor conv_lanes_forward(const Tensor& x, const Tensor& weight, const Tensor& bias, bool relu);

/// Gradients to add to; those that are null are not computed.
struct LaneGradients {
  Tensor *x = nullptr, *weight = nullptr, *bias = nullptr;
};

/// Adds the gradients of a convolution, given its result y and the gradient dy of that; `relu` as in the forward pass.
void conv_lanes_backward(const Tensor& x, const Tensor& weight, const Tensor& y, const Tensor& dy, bool relu,
                         const LaneGradients& gradients);

}  // namespace specfuse
