#include "specfuse/autograd/ops.h"
#include "specfuse/core/profile.h"
#include "specfuse/kernels/conv_nhwc.h"
#include "specfuse/tensor/math.h"

namespace specfuse {

Variable to_nhwc(const Variable& x) {
  const ProfileSpan span(__func__);
  return {to_nhwc(x.value()), {x}, [x](const Tensor& grad) { add_scaled(x.grad_to_add(), from_nhwc(grad)); }};
}

Variable from_nhwc(const Variable& x) {
  const ProfileSpan span(__func__);
  return {from_nhwc(x.value()), {x}, [x](const Tensor& grad) { add_scaled(x.grad_to_add(), to_nhwc(grad)); }};
}

Variable conv2d_relu_nhwc(const Variable& x, const Variable& weight, const Variable& bias) {
  const Shape &in = x.shape(), &w = weight.shape();
  const ProfileSpan span(__func__,
                         2.0 * static_cast<double>(in[0] * (in[1] - w[2] + 1) * (in[2] - w[3] + 1) * w.size()));
  const Tensor y = conv_nhwc_forward(x.value(), weight.value(), bias.value(), true);
  return {y, {x, weight, bias}, [x, weight, bias, y](const Tensor& grad) {
            const auto wanted = [](const Variable& v) { return v.requires_grad() ? &v.grad_to_add() : nullptr; };
            conv_nhwc_backward({x.value(), weight.value(), y, grad, true}, {wanted(x), wanted(weight), wanted(bias)});
          }};
}

}  // namespace specfuse
