#pragma once

#include "specfuse/autograd/variable.h"

namespace specfuse {

/// Differentiable functions. Each throws `Error` with its name, what it expected and what it got. Memory layouts travel
/// with the values: a function that can work in the layout it is given does so, and converts where it cannot.

/// What becomes of a result before it is stored; the gradient of ReLU at 0 is 0.
enum class Activation { none, relu };

/// One value for the height and one for the width of an image; of a spectrum the height is nothing.
struct Extent {
  Index h, w;

  bool operator==(const Extent&) const = default;
};

/// x + y, x * y element by element; equal shapes.
Variable add(const Variable& x, const Variable& y, Activation activation = Activation::none);
Variable multiply(const Variable& x, const Variable& y);
/// factor * x
Variable scale(const Variable& x, float factor);
/// max(x, 0)
Variable relu(const Variable& x);
/// Sum of all elements: shape [1].
Variable sum(const Variable& x);

/// The same value in another layout; x itself where it has that already.
Variable in_layout(const Variable& x, Layout layout);
/// The same elements under another shape of the same size.
Variable reshape(const Variable& x, const Shape& shape);
/// [P, A] and [P, B] -> [P, A + B], [N, A, L] and [N, B, L] -> [N, A + B, L], and the same of images; of cubes [N,
/// rows, cols, bands, A].
Variable concat_channels(const Variable& x, const Variable& y);
/// The middle of spectra [N, C, L] or images [N, C, H, W]: [N, C, size.w] or [N, C, size.h, size.w]. What is cut off
/// has to be the same on both sides.
Variable crop_centre(const Variable& x, const Extent& size);
/// Zeros around spectra [N, C, L] -> [N, C, L + 2 margin.w], or images [N, C, H, W] -> [N, C, H + 2 margin.h, W + 2
/// margin.w].
Variable pad(const Variable& x, const Extent& margin);
/// [N, C, H, W] -> [N * (H - side + 1) * (W - side + 1), C * side * side]: one row for each patch of side x side,
/// the patches of each image in row-major order. With side 1: one row a pixel.
Variable patches_to_rows(const Variable& x, Index side);

/// x [P, I] times weight [O, I] transposed, plus bias [O] -> [P, O].
Variable linear(const Variable& x, const Variable& weight, const Variable& bias,
                Activation activation = Activation::none);

/// How a convolution walks, at stride 1; a spectrum has a height of 1. All padding is zeros, the same on both sides.
struct ConvOptions {
  Extent padding{0, 0};
  /// Distance of neighbouring taps; those between are zeros that are multiplied as well.
  Extent dilation{1, 1};
  Activation activation = Activation::none;

  bool operator==(const ConvOptions&) const = default;
};

/// x [N, C, L], weight [O, C, K], bias [O] -> [N, O, L'], N16-blocked. Like every network library it correlates: the
/// kernel is not flipped.
Variable conv1d(const Variable& x, const Variable& weight, const Variable& bias, const ConvOptions& options = {});

/// x [N, C, H, W], weight [O, C, KH, KW], bias [O] -> [N, O, H', W'], NHWC.
Variable conv2d(const Variable& x, const Variable& weight, const Variable& bias, const ConvOptions& options = {});

struct CubeOptions {
  /// Distance of neighbouring taps.
  Index dilation = 1;
  Activation activation = Activation::none;
};

/// Along the bands of a cube of maps: x [N, rows, cols, bands, C], weight [O, C, K], bias [O] -> [N, rows, cols, bands,
/// O]. K is odd; beyond the cube there are zeros, so its size stays the same.
Variable conv_bands(const Variable& x, const Variable& weight, const Variable& bias, const CubeOptions& options = {});

/// The same across its pixels: weight [O, C, K, K].
Variable conv_pixels(const Variable& x, const Variable& weight, const Variable& bias, const CubeOptions& options = {});

/// Euclidean loss 1 / (2 N) * sum of (x - target)^2 over x [N, ...]: shape [1]. The target gets no gradient.
Variable euclidean_loss(const Variable& x, const Tensor& target);

}  // namespace specfuse
