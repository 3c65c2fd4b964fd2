#pragma once

#include "specfuse/tensor/tensor.h"

namespace specfuse {

/// What the backward pass of a convolution starts from: its input x and weight, its result y and the gradient dy of
/// that, each in the layout of the forward pass, and whether that ended in ReLU.
struct ConvBackward {
  const Tensor &x, &weight, &y, &dy;
  bool relu = false;
};

/// Gradients to add to; those that are null are not computed.
struct ConvGradients {
  Tensor *x = nullptr, *weight = nullptr, *bias = nullptr;
};

}  // namespace specfuse
