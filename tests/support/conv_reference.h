#pragma once

#include "specfuse/kernels/conv.h"
#include "specfuse/kernels/conv_cube.h"

/// The convolutions of `kernels` by plain loops with double sums: what the fast paths are checked against.
namespace specfuse::reference {

Tensor conv_forward(const ConvGeometry& geometry, const Tensor& input, const Tensor& weight, const Tensor& bias);
void conv_backward_data(const ConvGeometry& geometry, const Tensor& output_grad, const Tensor& weight,
                        Tensor& input_grad);
void conv_backward_weight(const ConvGeometry& geometry, const Tensor& output_grad, const Tensor& input,
                          Tensor& weight_grad);

Tensor conv_cube_forward(const Tensor& x, const Tensor& weight, const Tensor& bias, const CubeConvOptions& options);
/// Of a convolution that did not end in ReLU.
void conv_cube_backward(const ConvBackward& at, Index dilation, const ConvGradients& gradients);

}  // namespace specfuse::reference
