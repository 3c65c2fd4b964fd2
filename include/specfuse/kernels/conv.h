#pragma once

#include "specfuse/kernels/conv_geometry.h"
#include "specfuse/tensor/tensor.h"

namespace specfuse {

/// Convolution through im2col and GEMM, in blocks of output positions whose columns stay within `kColumnFloats`.
/// Results do not depend on the number of threads. All throw `Error` where a shape does not fit the geometry.

/// Most floats of one block of columns (2 MB): the scratch memory of a thread.
inline constexpr Index kColumnFloats = Index{1} << 19;

/// Output [N, O, OH, OW] of input [N, C, H, W], weight [O, C, KH, KW] and bias [O] (undefined: none).
Tensor conv_forward(const ConvGeometry& geometry, const Tensor& input, const Tensor& weight, const Tensor& bias);

/// Adds to `input_grad` [N, C, H, W] the gradient that `output_grad` [N, O, OH, OW] sends back through the weight.
void conv_backward_data(const ConvGeometry& geometry, const Tensor& output_grad, const Tensor& weight,
                        Tensor& input_grad);

/// Adds to `weight_grad` [O, C, KH, KW] the gradient of the weight.
void conv_backward_weight(const ConvGeometry& geometry, const Tensor& output_grad, const Tensor& input,
                          Tensor& weight_grad);

/// Adds to `bias_grad` [O] the sum of `output_grad` over samples and positions, in double.
void conv_backward_bias(const ConvGeometry& geometry, const Tensor& output_grad, Tensor& bias_grad);

}  // namespace specfuse
