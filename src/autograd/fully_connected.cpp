#include <algorithm>

#include "specfuse/autograd/ops.h"
#include "specfuse/core/error.h"
#include "specfuse/core/profile.h"
#include "specfuse/core/threads.h"
#include "specfuse/kernels/gemm.h"
#include "specfuse/tensor/math.h"

namespace specfuse {
namespace {

/// Columns that are summed in one task.
constexpr Index kColsTogether = 64;

/// sums[o] += sum over rows of x [rows, outputs], in double.
void add_column_sums(const Tensor& x, Tensor& sums) {
  parallel_ranges(x.dim(1), kColsTogether, [&](Index begin, Index end) {
    double totals[kColsTogether] = {};
    for (Index row = 0; row < x.dim(0); ++row) {
      const float* values = x.data() + row * x.dim(1);
      for (Index o = begin; o < end; ++o) totals[o - begin] += values[o];
    }
    for (Index o = begin; o < end; ++o) sums[o] += static_cast<float>(totals[o - begin]);
  });
}

Tensor relu_gradient(const Tensor& grad, const Tensor& y) {
  Tensor result = Tensor::uninitialized(grad.shape());
  const float *from = grad.data(), *forward = y.data();
  float* to = result.data();
  for_each_element(grad.size(), [=](Index i) { to[i] = specfuse::relu_gradient(from[i], forward[i]); });
  return result;
}

}  // namespace

Variable linear(const Variable& x, const Variable& weight, const Variable& bias, Activation activation) {
  const ProfileSpan span(__func__, 2.0 * static_cast<double>(x.shape()[0] * weight.shape().size()));
  SPECFUSE_CHECK(x.shape().rank() == 2 && weight.shape().rank() == 2 && x.shape()[1] == weight.shape()[1] &&
                     bias.shape() == Shape{weight.shape()[0]},
                 "linear: expected x [P, I], weight [O, I] and bias [O], got ", x.shape().text(), ", ",
                 weight.shape().text(), " and ", bias.shape().text());
  const Index rows = x.shape()[0], outputs = weight.shape()[0];
  const bool relu = activation == Activation::relu;
  Tensor result = Tensor::uninitialized({rows, outputs});
  const float* start = bias.value().data();
  const auto finish_row = [=](float* row) {
    for (Index o = 0; o < outputs; ++o) row[o] = relu ? std::max(row[o] + start[o], 0.0f) : row[o] + start[o];
  };
  parallel_gemm(plain(x.value()), transposed(weight.value()), output(result), {.finish_row = finish_row});
  return {result, {x, weight, bias}, [x, weight, bias, relu, result](const Tensor& dy) {
            const Tensor grad = relu ? relu_gradient(dy, result) : dy;
            if (x.requires_grad()) {
              parallel_gemm(plain(grad), plain(weight.value()), output(x.grad_to_add()), {.accumulate = true});
            }
            if (weight.requires_grad()) {
              parallel_gemm(transposed(grad), plain(x.value()), output(weight.grad_to_add()), {.accumulate = true});
            }
            if (bias.requires_grad()) add_column_sums(grad, bias.grad_to_add());
          }};
}

}  // namespace specfuse
