#include <algorithm>

#include "specfuse/autograd/ops.h"
#include "specfuse/core/error.h"
#include "specfuse/core/profile.h"
#include "specfuse/tensor/math.h"

namespace specfuse {
namespace {

void check_same(const char* function, const Variable& x, const Variable& y) {
  SPECFUSE_CHECK(x.shape() == y.shape(), function, ": expected equal shapes, got ", x.shape().text(), " and ",
                 y.shape().text());
}

/// Of the shape and the layout of x, with value(i) at the i-th element in memory.
template <class Value>
Stored like(const Variable& x, Value value) {
  Tensor result = Tensor::uninitialized(x.value().shape());
  float* out = result.data();
  for_each_element(result.size(), [=](Index i) { out[i] = value(i); });
  return {result, x.shape(), x.layout()};
}

}  // namespace

Variable add(const Variable& x, const Variable& given, Activation activation) {
  const ProfileSpan span(__func__);
  check_same("add", x, given);
  const Variable y = in_layout(given, x.layout());
  const float *a = x.value().data(), *b = y.value().data();
  if (activation == Activation::none) {
    return {like(x, [=](Index i) { return a[i] + b[i]; }), {x, y}, [x, y](const Tensor& grad) {
              if (x.requires_grad()) add_scaled(x.grad_to_add(), grad);
              if (y.requires_grad()) add_scaled(y.grad_to_add(), grad);
            }};
  }
  const Stored result = like(x, [=](Index i) { return std::max(a[i] + b[i], 0.0f); });
  return {result, {x, y}, [x, y, sum = result.elements](const Tensor& grad) {
            const float *g = grad.data(), *z = sum.data();
            for (const Variable& to : {x, y}) {
              if (!to.requires_grad()) continue;
              float* out = to.grad_to_add().data();
              for_each_element(grad.size(), [=](Index i) { out[i] += relu_gradient(g[i], z[i]); });
            }
          }};
}

Variable multiply(const Variable& x, const Variable& given) {
  const ProfileSpan span(__func__);
  check_same("multiply", x, given);
  const Variable y = in_layout(given, x.layout());
  const float *a = x.value().data(), *b = y.value().data();
  return {like(x, [=](Index i) { return a[i] * b[i]; }), {x, y}, [x, y](const Tensor& grad) {
            const auto add_product = [&grad](const Variable& to, const Variable& other) {
              if (!to.requires_grad()) return;
              float* out = to.grad_to_add().data();
              const float *g = grad.data(), *factor = other.value().data();
              for_each_element(grad.size(), [=](Index i) { out[i] += g[i] * factor[i]; });
            };
            add_product(x, y);
            add_product(y, x);
          }};
}

Variable scale(const Variable& x, float factor) {
  const ProfileSpan span(__func__);
  const float* a = x.value().data();
  return {like(x, [=](Index i) { return factor * a[i]; }), {x}, [x, factor](const Tensor& grad) {
            add_scaled(x.grad_to_add(), grad, factor);
          }};
}

Variable relu(const Variable& x) {
  const ProfileSpan span(__func__);
  const float* a = x.value().data();
  const Stored result = like(x, [=](Index i) { return std::max(a[i], 0.0f); });
  return {result, {x}, [x, positive = result.elements](const Tensor& grad) {
            float* out = x.grad_to_add().data();
            const float *g = grad.data(), *y = positive.data();
            for_each_element(grad.size(), [=](Index i) { out[i] += relu_gradient(g[i], y[i]); });
          }};
}

Variable sum(const Variable& given) {
  const ProfileSpan span(__func__);
  const Variable x = in_layout(given, Layout::plain);
  return {Tensor::from({1}, {static_cast<float>(sum(x.value()))}), {x}, [x](const Tensor& grad) {
            float* out = x.grad_to_add().data();
            const float g = grad[0];
            for_each_element(x.value().size(), [=](Index i) { out[i] += g; });
          }};
}

Variable euclidean_loss(const Variable& given, const Tensor& target) {
  const ProfileSpan span(__func__);
  const Variable x = in_layout(given, Layout::plain);
  SPECFUSE_CHECK(x.shape() == target.shape() && x.shape().rank() >= 1 && x.shape()[0] >= 1,
                 "euclidean_loss: expected equal shapes of at least one row, got ", x.shape().text(), " and ",
                 target.shape().text());
  const Index rows = x.shape()[0];
  const double loss = squared_distance(x.value(), target) / (2.0 * static_cast<double>(rows));
  return {Tensor::from({1}, {static_cast<float>(loss)}), {x}, [x, target, rows](const Tensor& grad) {
            float* out = x.grad_to_add().data();
            const float *a = x.value().data(), *t = target.data(), factor = grad[0] / static_cast<float>(rows);
            for_each_element(target.size(), [=](Index i) { out[i] += factor * (a[i] - t[i]); });
          }};
}

}  // namespace specfuse
