#pragma once

#include <array>

#include "specfuse/kernels/conv_cube.h"

/// The convolutions of `kernels` by plain loops with double sums: what the fast paths are checked against.
namespace specfuse::reference {

/// A convolution of images, input [N, C, H, W] and weight [O, C, KH, KW], at stride 1; pairs are of height and width.
struct ConvGeometry {
  Shape input, weight;
  std::array<Index, 2> padding{0, 0}, dilation{1, 1};

  Index out_channels() const { return weight[0]; }
  /// Along one of the two axes.
  Index results(int axis) const;
  Index positions() const { return results(0) * results(1); }
  Shape output_shape() const { return {input[0], weight[0], results(0), results(1)}; }
};

/// `bias` [O]; undefined: none.
Tensor conv_forward(const ConvGeometry& geometry, const Tensor& input, const Tensor& weight, const Tensor& bias);
void conv_backward_data(const ConvGeometry& geometry, const Tensor& output_grad, const Tensor& weight,
                        Tensor& input_grad);
void conv_backward_weight(const ConvGeometry& geometry, const Tensor& output_grad, const Tensor& input,
                          Tensor& weight_grad);
void conv_backward_bias(const ConvGeometry& geometry, const Tensor& output_grad, Tensor& bias_grad);

Tensor conv_cube_forward(const Tensor& x, const Tensor& weight, const Tensor& bias, const CubeConvOptions& options);
/// Of a convolution that did not end in ReLU.
void conv_cube_backward(const ConvBackward& at, Index dilation, const ConvGradients& gradients);

}  // namespace specfuse::reference
