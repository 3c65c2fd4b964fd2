#pragma once

#include "specfuse/kernels/conv_backward.h"
#include "specfuse/tensor/tensor.h"

namespace specfuse {

/// 1-D convolution of many samples at once: the SIMD lanes are samples. A tensor [N, C, L] is N16-blocked, that is kept
/// as [ceil(N / 16), C, L, 16], so that one position of 16 samples is a cache line, and a convolution needs neither
/// columns nor packing. Stride 1, no padding, no dilation. Results do not depend on the number of
/// threads.

/// Samples in a block.
inline constexpr Index kBlockSamples = 16;

/// Sizes of one convolution.
struct N16Conv {
  Index in_channels, out_channels, in_length, taps;
  Index out_length;
};

/// [N, C, L] -> [ceil(N / 16), C, L, 16], zero beyond N.
Tensor to_n16(const Tensor& x);
/// [ceil(N / 16), C, L, 16] -> [N, C, L] for N = `samples`. Throws `Error` where it does not fit.
Tensor from_n16(const Tensor& x, Index samples);

/// [M, O, L - K + 1, 16] of x [M, C, L, 16], weight [O, C, K] and bias [O]; then max(., 0) where `relu`.
Tensor conv_n16_forward(const Tensor& x, const Tensor& weight, const Tensor& bias, bool relu);

/// Adds the gradients of a convolution.
void conv_n16_backward(const ConvBackward& at, const ConvGradients& gradients);

}  // namespace specfuse
