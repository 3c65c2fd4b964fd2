#include "support/plain_loops.h"

#include "support/conv_reference.h"

namespace specfuse::testing {
namespace {

/// The same extents with other channels, height and width.
Shape like(const Shape& s, const Extents& e) {
  if (s.rank() == 4) return {e.n, e.c, e.h, e.w};
  if (s.rank() == 3) return {e.n, e.c, e.w};
  return {e.n, e.c};
}

Tensor as_image(const Tensor& x) {
  const Extents e(x.shape());
  return x.reshape({e.n, e.c, e.h, e.w});
}

}  // namespace

Tensor middle(const Tensor& x, Index height, Index width) {
  Extents e(x.shape());
  const Index top = (e.h - height) / 2, left = (e.w - width) / 2;
  e.h = height;
  e.w = width;
  return tensor_of(like(x.shape(), e),
                   [&](Index n, Index c, Index h, Index w) { return at(x, n, c, top + h, left + w); });
}

Tensor side_by_side(const Tensor& x, const Tensor& y) {
  if (x.shape().rank() == 5) {  // the channels last: rows of them
    const auto rows = [](const Tensor& z) { return z.reshape({z.size() / z.dim(4), z.dim(4)}); };
    const Shape& s = x.shape();
    return side_by_side(rows(x), rows(y)).reshape({s[0], s[1], s[2], s[3], s[4] + y.dim(4)});
  }
  Extents e(x.shape());
  const Index first = e.c;
  e.c += Extents(y.shape()).c;
  return tensor_of(like(x.shape(), e), [&](Index n, Index c, Index h, Index w) {
    return c < first ? at(x, n, c, h, w) : at(y, n, c - first, h, w);
  });
}

Tensor patch_rows(const Tensor& x, Index side) {
  const Extents e(x.shape());
  const Index down = e.h - side + 1, across = e.w - side + 1;
  return tensor_of({e.n * down * across, e.c * side * side}, [&](Index row, Index col, Index, Index) {
    const Index n = row / across / down, top = row / across % down, left = row % across;
    return at(x, n, col / side / side, top + col / side % side, left + col % side);
  });
}

Tensor linear_sums(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  return tensor_of({x.dim(0), weight.dim(0)}, [&](Index p, Index o, Index, Index) {
    double sum = bias[o];
    for (Index i = 0; i < x.dim(1); ++i) sum += at(x, p, i) * at(weight, o, i);
    return sum;
  });
}

Tensor conv_sums(const Tensor& x, const Tensor& weight, const Tensor& bias, const ConvOptions& options) {
  const Tensor image = as_image(x), kernel = as_image(weight);
  const auto [padding, dilation, activation] = options;
  const Tensor y = reference::conv_forward(
      {image.shape(), kernel.shape(), {padding.h, padding.w}, {dilation.h, dilation.w}}, image, kernel, bias);
  return x.shape().rank() == 4 ? y : y.reshape({y.dim(0), y.dim(1), y.dim(3)});
}

}  // namespace specfuse::testing
