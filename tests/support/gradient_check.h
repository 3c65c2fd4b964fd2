#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "specfuse/autograd/variable.h"

namespace specfuse::testing {

/// A plain value handed over in another layout. Samples that only fill up a block hold numbers that mean nothing.
Variable handed_over(const Variable& x, Layout layout);

/// How gradients are checked.
struct GradientCheck {
  /// Bilinear functions are exact for any step, others want a small one.
  float step = 0.1f;
  /// Of the inputs as the function gets them; plain where none are given.
  std::vector<Layout> layouts{};
  /// Elements of each input that are looked at, spread over it; none: all.
  std::optional<Index> elements{};
};

/// Largest gap between the gradients that `backward` adds and central differences, over all inputs, relative to the
/// largest difference quotient of that input. The result is weighed with a random cotangent, and gradient buffers are
/// poisoned first: backward must add to them.
double gradient_gap(const std::function<Variable(const std::vector<Variable>&)>& function,
                    const std::vector<Tensor>& inputs, const GradientCheck& check = {});

}  // namespace specfuse::testing
