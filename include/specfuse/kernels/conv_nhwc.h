#pragma once

#include "specfuse/kernels/conv_backward.h"
#include "specfuse/tensor/tensor.h"

namespace specfuse {

/// 2-D convolution with output channels as SIMD lanes. A tensor [N, C, H, W] is kept as [N, H, W, C] (NHWC), so that
/// one row of a kernel is one run of W * C neighbouring inputs: a convolution needs no columns, and packs nothing
/// except its weights. Stride 1, no padding, no dilation. Results do not depend on the number of
/// threads.

/// [N, C, H, W] -> [N, H, W, C], and back.
Tensor to_nhwc(const Tensor& x);
Tensor from_nhwc(const Tensor& x);

/// [N, H', W', O] of x [N, H, W, C], weight [O, C, KH, KW] and bias [O]; then max(., 0) where `relu`.
Tensor conv_nhwc_forward(const Tensor& x, const Tensor& weight, const Tensor& bias, bool relu);

/// Adds the gradients of a convolution.
void conv_nhwc_backward(const ConvBackward& at, const ConvGradients& gradients);

}  // namespace specfuse
