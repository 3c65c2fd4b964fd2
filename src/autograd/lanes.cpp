#include "specfuse/autograd/ops.h"
#include "specfuse/core/profile.h"
#include "specfuse/kernels/conv_n16.h"
#include "specfuse/tensor/math.h"

namespace specfuse {

Variable to_n16(const Variable& x) {
  const ProfileSpan span(__func__);
  const Index samples = x.shape().rank() > 0 ? x.shape()[0] : 0;
  return {to_n16(x.value()), {x}, [x, samples](const Tensor& grad) {
            add_scaled(x.grad_to_add(), from_n16(grad, samples));
          }};
}

Variable from_n16(const Variable& x, Index samples) {
  const ProfileSpan span(__func__);
  return {from_n16(x.value(), samples), {x}, [x](const Tensor& grad) { add_scaled(x.grad_to_add(), to_n16(grad)); }};
}

Variable conv1d_relu_n16(const Variable& x, const Variable& weight, const Variable& bias) {
  // Of a sample: a position of y, for each of its taps.
  const Shape &in = x.shape(), &w = weight.shape();
  const ProfileSpan span(__func__, 2.0 * static_cast<double>(in[0] * in[3] * (in[2] - w[2] + 1) * w.size()));
  const Tensor y = conv_n16_forward(x.value(), weight.value(), bias.value(), true);
  return {y, {x, weight, bias}, [x, weight, bias, y](const Tensor& grad) {
            const auto wanted = [](const Variable& v) { return v.requires_grad() ? &v.grad_to_add() : nullptr; };
            conv_n16_backward({x.value(), weight.value(), y, grad, true}, {wanted(x), wanted(weight), wanted(bias)});
          }};
}

}  // namespace specfuse
