#pragma once

#include "specfuse/tensor/tensor.h"

namespace specfuse {

/// Differences of an image [rows, cols, channels] to the next pixel to the right and below, 0 at the far edges:
/// [rows, cols, 2 * channels], to the right first.
Tensor gradient(const Tensor& image);

/// Its adjoint: [rows, cols, 2 * channels] -> [rows, cols, channels].
Tensor gradient_adjoint(const Tensor& differences);

/// result += factor * gradient_adjoint(gradient(image)), without the differences in between.
void add_gradient_curvature(const Tensor& image, float factor, Tensor& result);

/// Shortens the vector of each pixel by `length`, to 0 if it is shorter, in place: the proximal map of
/// `length` times the sum of their norms.
void shrink_pixels(Tensor& image, double length);

}  // namespace specfuse
