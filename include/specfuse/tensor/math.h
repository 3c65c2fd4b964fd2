#pragma once

#include "specfuse/core/threads.h"
#include "specfuse/tensor/tensor.h"

namespace specfuse {

/// Elementwise functions and reductions. Those that take two tensors throw `Error` unless the shapes are equal.
/// Reductions add in double and in a fixed order, so they do not depend on the number of threads.

/// Calls body(i) for 0 ... count - 1, on all threads. A body writes to element i alone.
template <class Body>
void for_each_element(Index count, Body body) {
  /// Less than this, in elements, is not worth waking a thread for.
  constexpr Index kTogether = 1 << 15;
  parallel_ranges(count, kTogether, [&](Index begin, Index end) {
    // A copy of its own stays in registers: no element that is written can be a part of it.
    const Body own = body;
    for (Index i = begin; i < end; ++i) own(i);
  });
}

/// The gradient that ReLU passes on: that of its result y where y is positive, and 0 elsewhere.
inline float relu_gradient(float grad, float y) { return y > 0.0f ? grad : 0.0f; }

void fill(Tensor& x, float value);
/// y += scale * x
void add_scaled(Tensor& y, const Tensor& x, float scale = 1.0f);
/// y = factor * y + x
void scale_and_add(Tensor& y, float factor, const Tensor& x);
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
