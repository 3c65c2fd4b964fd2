#include "specfuse/autograd/ops.h"
#include "specfuse/kernels/conv_pixels.h"
#include "specfuse/tensor/math.h"

namespace specfuse {

Variable to_pixels(const Variable& x) {
  return {to_pixels(x.value()), {x}, [x](const Tensor& grad) { add_scaled(x.grad_to_add(), from_pixels(grad)); }};
}

Variable from_pixels(const Variable& x) {
  return {from_pixels(x.value()), {x}, [x](const Tensor& grad) { add_scaled(x.grad_to_add(), to_pixels(grad)); }};
}

Variable conv2d_relu_pixels(const Variable& x, const Variable& weight, const Variable& bias) {
  const Tensor y = conv_pixels_forward(x.value(), weight.value(), bias.value(), true);
  return {y, {x, weight, bias}, [x, weight, bias, y](const Tensor& grad) {
            const auto wanted = [](const Variable& v) { return v.requires_grad() ? &v.grad_to_add() : nullptr; };
            conv_pixels_backward(x.value(), weight.value(), y, grad, true, {wanted(x), wanted(weight), wanted(bias)});
          }};
}

}  // namespace specfuse
