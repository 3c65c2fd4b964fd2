#include <algorithm>

#include "specfuse/autograd/ops.h"
#include "specfuse/core/error.h"
#include "specfuse/core/profile.h"
#include "specfuse/core/threads.h"
#include "specfuse/tensor/math.h"

namespace specfuse {

Variable reshape(const Variable& x, const Shape& shape) {
  const ProfileSpan span(__func__);
  return {
      x.value().reshape(shape), {x}, [x](const Tensor& grad) { add_scaled(x.grad_to_add(), grad.reshape(x.shape())); }};
}

Variable concat_columns(const Variable& x, const Variable& y) {
  const ProfileSpan span(__func__);
  SPECFUSE_CHECK(x.shape().rank() == 2 && y.shape().rank() == 2 && x.shape()[0] == y.shape()[0],
                 "concat_columns: expected [P, A] and [P, B], got ", x.shape().text(), " and ", y.shape().text());
  const Index rows = x.shape()[0], left = x.shape()[1], right = y.shape()[1], width = left + right;
  Tensor result = Tensor::uninitialized({rows, width});
  for (Index row = 0; row < rows; ++row) {
    std::copy_n(x.value().data() + row * left, left, result.data() + row * width);
    std::copy_n(y.value().data() + row * right, right, result.data() + row * width + left);
  }
  return {result, {x, y}, [=](const Tensor& grad) {
            const auto add_part = [&](const Variable& to, Index offset, Index count) {
              if (!to.requires_grad()) return;
              float* out = to.grad_to_add().data();
              for (Index row = 0; row < rows; ++row) {
                const float* from = grad.data() + row * width + offset;
                for (Index i = 0; i < count; ++i) out[row * count + i] += from[i];
              }
            };
            add_part(x, 0, left);
            add_part(y, left, right);
          }};
}

namespace {

/// Calls body(row, column, image) for every element of every patch of image n: the row and column it has among the
/// patches, and its place in x [N, C, H, W].
template <class Body>
void for_each_patch_element(const Shape& x, Index side, Index n, Body body) {
  const Index channels = x[1], height = x[2], width = x[3], across = width - side + 1, down = height - side + 1;
  for (Index y = 0; y < down; ++y) {
    for (Index left = 0; left < across; ++left) {
      Index column = 0;
      for (Index c = 0; c < channels; ++c) {
        for (Index row = 0; row < side; ++row) {
          const Index image = ((n * channels + c) * height + y + row) * width + left;
          for (Index i = 0; i < side; ++i) body((n * down + y) * across + left, column++, image + i);
        }
      }
    }
  }
}

}  // namespace

Variable patches_to_rows(const Variable& x, Index side) {
  const ProfileSpan span(__func__);
  SPECFUSE_CHECK(x.shape().rank() == 4 && side >= 1 && side <= x.shape()[2] && side <= x.shape()[3],
                 "patches_to_rows: expected [N, C, H, W] of at least ", side, " x ", side, " pixels, got ",
                 x.shape().text());
  const Index batch = x.shape()[0], columns = x.shape()[1] * side * side;
  const Index patches = (x.shape()[2] - side + 1) * (x.shape()[3] - side + 1);
  Tensor result = Tensor::uninitialized({batch * patches, columns});
  parallel_for(batch, [&](Index n) {
    const float* from = x.value().data();
    for_each_patch_element(x.shape(), side, n,
                           [&](Index row, Index column, Index image) { result[row * columns + column] = from[image]; });
  });
  return {result, {x}, [x, side, batch, columns](const Tensor& grad) {
            Tensor& out = x.grad_to_add();
            parallel_for(batch, [&](Index n) {
              for_each_patch_element(x.shape(), side, n, [&](Index row, Index column, Index image) {
                out[image] += grad[row * columns + column];
              });
            });
          }};
}

}  // namespace specfuse
