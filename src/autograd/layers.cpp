#include "specfuse/autograd/ops.h"
#include "specfuse/core/error.h"
#include "specfuse/core/threads.h"
#include "specfuse/kernels/conv.h"
#include "specfuse/kernels/gemm.h"

namespace specfuse {
namespace {}  // namespace

Variable linear(const Variable& x, const Variable& weight, const Variable& bias) {
  SPECFUSE_CHECK(x.shape().rank() == 2 && weight.shape().rank() == 2 && x.shape()[1] == weight.shape()[1] &&
                     bias.shape() == Shape{weight.shape()[0]},
                 "linear: expected x [P, I], weight [O, I] and bias [O], got ", x.shape().text(), ", ",
                 weight.shape().text(), " and ", bias.shape().text());
  const Index rows = x.shape()[0], outputs = weight.shape()[0];
  Tensor result = Tensor::uninitialized({rows, outputs});
  for (Index row = 0; row < rows; ++row) {
    for (Index o = 0; o < outputs; ++o) result[row * outputs + o] = bias.value()[o];
  }
  parallel_gemm(plain(x.value()), transposed(weight.value()), output(result), true);
  return {result, {x, weight, bias}, [x, weight, bias](const Tensor& grad) {
            if (x.requires_grad()) {
              parallel_gemm(plain(grad), plain(weight.value()), output(x.grad_to_add()), true);
            }
            if (weight.requires_grad()) {
              parallel_gemm(transposed(grad), plain(x.value()), output(weight.grad_to_add()), true);
            }
            if (bias.requires_grad()) {
              Tensor& out = bias.grad_to_add();
              parallel_for(grad.dim(1), [&](Index o) {
                double total = 0;
                for (Index row = 0; row < grad.dim(0); ++row) total += grad[row * grad.dim(1) + o];
                out[o] += static_cast<float>(total);
              });
            }
          }};
}

Variable conv2d(const Variable& x, const Variable& weight, const Variable& bias, const ConvOptions& options) {
  const ConvGeometry geometry = conv_geometry(x.shape(), weight.shape(), options);
  return {conv_forward(geometry, x.value(), weight.value(), bias.value()), {x, weight, bias}, [=](const Tensor& grad) {
            if (x.requires_grad()) conv_backward_data(geometry, grad, weight.value(), x.grad_to_add());
            if (weight.requires_grad()) conv_backward_weight(geometry, grad, x.value(), weight.grad_to_add());
            if (bias.requires_grad()) conv_backward_bias(geometry, grad, bias.grad_to_add());
          }};
}

Variable conv1d(const Variable& x, const Variable& weight, const Variable& bias, const Conv1dOptions& options) {
  SPECFUSE_CHECK(x.shape().rank() == 3 && weight.shape().rank() == 3,
                 "conv1d: expected x [N, C, L] and weight [O, C, K], got ", x.shape().text(), " and ",
                 weight.shape().text());
  const auto as_image = [](const Variable& v) {
    const Shape& s = v.shape();
    return reshape(v, {s[0], s[1], 1, s[2]});
  };
  const Variable y =
      conv2d(as_image(x), as_image(weight), bias, {{1, options.stride}, {0, options.padding}, {1, options.dilation}});
  return reshape(y, {y.shape()[0], y.shape()[1], y.shape()[3]});
}

}  // namespace specfuse
