#pragma once

#include "specfuse/tensor/tensor.h"

namespace specfuse {

/// Elementwise functions and reductions. Those that take two tensors throw `Error` unless the shapes are equal.
/// Reductions add in double and in a fixed order, so they do not depend on the number of threads.

void fill(Tensor& x, float value);
/// y += scale * x
void add_scaled(Tensor& y, const Tensor& x, float scale = 1.0f);
/// x *= factor
void scale(Tensor& x, float factor);

double sum(const Tensor& x);
/// sum of x_i * y_i
double dot(const Tensor& x, const Tensor& y);
/// sum of (x_i - y_i)^2
double squared_distance(const Tensor& x, const Tensor& y);
/// largest |x_i|; NaN if any element is NaN
float max_abs(const Tensor& x);
bool all_finite(const Tensor& x);

}  // namespace specfuse
