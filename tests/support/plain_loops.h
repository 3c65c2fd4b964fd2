#pragma once

#include "specfuse/autograd/ops.h"
#include "specfuse/tensor/tensor.h"

namespace specfuse::testing {

/// What operations compute, by loops that are obvious: sums in double, one element at a time.

/// Extents as [N, C, H, W]: [N, C] are images of one pixel, [N, C, L] of one row.
struct Extents {
  Index n, c, h, w;
  explicit Extents(const Shape& s)
      : n(s.rank() > 0 ? s[0] : 1), c(s.rank() > 1 ? s[1] : 1), h(s.rank() > 3 ? s[2] : 1),
        w(s.rank() > 2 ? s[-1] : 1) {}
};

/// value(n, c, h, w) at every place of a tensor of this shape.
template <class Value>
Tensor tensor_of(const Shape& shape, const Value& value) {
  const Extents e(shape);
  Tensor result(shape);
  Index i = 0;
  for (Index n = 0; n < e.n; ++n)
    for (Index c = 0; c < e.c; ++c)
      for (Index h = 0; h < e.h; ++h)
        for (Index w = 0; w < e.w; ++w) result[i++] = static_cast<float>(value(n, c, h, w));
  return result;
}

inline double at(const Tensor& x, Index n, Index c, Index h = 0, Index w = 0) {
  const Extents e(x.shape());
  return x[((n * e.c + c) * e.h + h) * e.w + w];
}

/// f(x_i), and f(x_i, y_i).
template <class Function>
Tensor each(const Tensor& x, const Function& f) {
  Tensor result(x.shape());
  for (Index i = 0; i < x.size(); ++i) result[i] = static_cast<float>(f(double{x[i]}));
  return result;
}
template <class Function>
Tensor each(const Tensor& x, const Tensor& y, const Function& f) {
  Tensor result(x.shape());
  for (Index i = 0; i < x.size(); ++i) result[i] = static_cast<float>(f(double{x[i]}, double{y[i]}));
  return result;
}

inline Tensor positive_part(const Tensor& x) {
  return each(x, [](double value) { return value > 0 ? value : 0.0; });
}

inline Tensor sum_of(const Tensor& x, const Tensor& y) {
  return each(x, y, [](double a, double b) { return a + b; });
}

/// The middle of x, of the same rank and height x width.
Tensor middle(const Tensor& x, Index height, Index width);
/// Channels of y behind those of x.
Tensor side_by_side(const Tensor& x, const Tensor& y);
/// Rows of patches of side x side.
Tensor patch_rows(const Tensor& x, Index side);
/// x [P, I] times weight [O, I] transposed, plus bias.
Tensor linear_sums(const Tensor& x, const Tensor& weight, const Tensor& bias);
/// Convolution of spectra [N, C, L] or images [N, C, H, W].
Tensor conv_sums(const Tensor& x, const Tensor& weight, const Tensor& bias, const ConvOptions& options = {});

}  // namespace specfuse::testing
