#pragma once

#include "specfuse/autograd/variable.h"
#include "specfuse/kernels/conv_geometry.h"

namespace specfuse {

/// Differentiable functions. Each throws `Error` with its name, what it expected and what it got.

/// x + y, x - y, x * y element by element; equal shapes.
Variable add(const Variable& x, const Variable& y);
Variable subtract(const Variable& x, const Variable& y);
Variable multiply(const Variable& x, const Variable& y);
/// factor * x
Variable scale(const Variable& x, float factor);
/// max(x, 0); the gradient at 0 is 0.
Variable relu(const Variable& x);
/// relu(x + y), read and written once.
Variable add_relu(const Variable& x, const Variable& y);
/// Sum of all elements: shape [1].
Variable sum(const Variable& x);

/// The same elements under another shape of the same size.
Variable reshape(const Variable& x, const Shape& shape);
/// [P, A] and [P, B] -> [P, A + B].
Variable concat_columns(const Variable& x, const Variable& y);
/// [N, C, H, W] -> [N * (H - side + 1) * (W - side + 1), C * side * side]: one row for each patch of side x side,
/// the patches of each image in row-major order. With side 1: one row a pixel.
Variable patches_to_rows(const Variable& x, Index side);

/// x [P, I] times weight [O, I] transposed, plus bias [O] -> [P, O].
Variable linear(const Variable& x, const Variable& weight, const Variable& bias);
/// relu(linear(x, weight, bias)), each part of the result finished while it is in cache.
Variable linear_relu(const Variable& x, const Variable& weight, const Variable& bias);

struct Conv1dOptions {
  Index stride = 1, padding = 0, dilation = 1;
};

/// x [N, C, L], weight [O, C, K], bias [O] -> [N, O, L'].
Variable conv1d(const Variable& x, const Variable& weight, const Variable& bias, const Conv1dOptions& options = {});

/// x [N, C, H, W], weight [O, C, KH, KW], bias [O] -> [N, O, H', W'].
Variable conv2d(const Variable& x, const Variable& weight, const Variable& bias, const ConvOptions& options = {});

/// Many samples at once, in the layout of kernels/conv_n16.h, where samples are SIMD lanes: x [N, C, L] -> [M, C, L,
/// 16] and back, and relu(conv1d(x, weight, bias)) in between, without stride, padding or dilation. The same numbers as
/// `conv1d` up to rounding, several times faster on long kernels.
Variable to_n16(const Variable& x);
Variable from_n16(const Variable& x, Index samples);
Variable conv1d_relu_n16(const Variable& x, const Variable& weight, const Variable& bias);

/// The same for images in the layout of kernels/conv_nhwc.h, where channels are SIMD lanes: x [N, C, H, W] ->
/// [N, H, W, C] and back, and relu(conv2d(x, weight, bias)) in between, without stride, padding or dilation.
Variable to_nhwc(const Variable& x);
Variable from_nhwc(const Variable& x);
Variable conv2d_relu_nhwc(const Variable& x, const Variable& weight, const Variable& bias);

/// Euclidean loss 1 / (2 N) * sum of (x - target)^2 over x [N, ...]: shape [1]. The target gets no gradient.
Variable euclidean_loss(const Variable& x, const Tensor& target);

}  // namespace specfuse
