#include "specfuse/autograd/ops.h"
#include "specfuse/core/error.h"
#include "specfuse/core/profile.h"
#include "specfuse/core/threads.h"
#include "specfuse/tensor/math.h"

namespace specfuse {
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

/// Images with their channels last are rows of pixels already.
Variable pixels_to_rows(const Variable& x) {
  const Tensor& value = x.value();
  return {value.reshape({value.size() / value.dim(3), value.dim(3)}),
          {x},
          [x](const Tensor& grad) { add_scaled(x.grad_to_add(), grad.reshape(x.value().shape())); },
          "patches_to_rows"};
}

}  // namespace

Variable patches_to_rows(const Variable& given, Index side) {
  const ProfileSpan span(__func__);
  SPECFUSE_CHECK(given.shape().rank() == 4 && side >= 1 && side <= given.shape()[2] && side <= given.shape()[3],
                 "patches_to_rows: expected [N, C, H, W] of at least ", side, " x ", side, " pixels, got ",
                 given.shape().text());
  if (side == 1) return pixels_to_rows(in_layout(given, Layout::nhwc));
  const Variable x = in_layout(given, Layout::plain);
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
