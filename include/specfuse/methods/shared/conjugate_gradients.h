#pragma once

#include <functional>

#include "specfuse/tensor/tensor.h"

namespace specfuse {

struct ConjugateGradientOptions {
  Index iterations = 50;
  /// Done when the residual's norm is this part of that of b.
  double tolerance = 1e-5;
};

/// Improves `x` towards a solution of apply(x) = b by conjugate gradients (Hestenes and Stiefel 1952), for a linear
/// `apply` that is symmetric and positive semi-definite. Returns the number of iterations taken.
Index conjugate_gradients(const std::function<Tensor(const Tensor&)>& apply, const Tensor& b, Tensor& x,
                          const ConjugateGradientOptions& options = {});

}  // namespace specfuse
