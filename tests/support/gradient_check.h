#pragma once

#include <functional>
#include <vector>

#include "specfuse/autograd/variable.h"

namespace specfuse::testing {

/// How gradients are checked: bilinear functions are exact for any step, others want a small one.
struct GradientCheck {
  float step = 0.1f;
};

/// Largest gap between the gradients that `backward` adds and central differences, over all inputs, relative to the
/// largest difference quotient of that input. The result is weighed with a random cotangent, and gradient buffers are
/// poisoned first: backward must add to them.
double gradient_gap(const std::function<Variable(const std::vector<Variable>&)>& function,
                    const std::vector<Tensor>& inputs, const GradientCheck& check = {});

}  // namespace specfuse::testing
