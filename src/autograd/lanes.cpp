#include "specfuse/autograd/ops.h"
#include "specfuse/kernels/conv_lanes.h"
#include "specfuse/tensor/math.h"

namespace specfuse {

Variable to_lanes(const Variable& x) {
  const Index samples = x.shape().rank() > 0 ? x.shape()[0] : 0;
  return {to_lanes(x.value()), {x}, [x, samples](const Tensor& grad) {
            add_scaled(x.grad_to_add(), from_lanes(grad, samples));
          }};
}

Variable from_lanes(const Variable& x, Index samples) {
  return {
      from_lanes(x.value(), samples), {x}, [x](const Tensor& grad) { add_scaled(x.grad_to_add(), to_lanes(grad)); }};
}

Variable conv1d_relu_lanes(const Variable& x, const Variable& weight, const Variable& bias) {
  const Tensor y = conv_lanes_forward(x.value(), weight.value(), bias.value(), true);
  return {y, {x, weight, bias}, [x, weight, bias, y](const Tensor& grad) {
            const auto wanted = [](const Variable& v) { return v.requires_grad() ? &v.grad_to_add() : nullptr; };
            conv_lanes_backward(x.value(), weight.value(), y, grad, true, {wanted(x), wanted(weight), wanted(bias)});
          }};
}

}  // namespace specfuse
