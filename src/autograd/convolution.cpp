#include <algorithm>

#include "specfuse/autograd/ops.h"
#include "specfuse/core/error.h"
#include "specfuse/core/profile.h"
#include "specfuse/kernels/conv_cube.h"
#include "specfuse/kernels/conv_n16.h"
#include "specfuse/kernels/conv_nhwc.h"

namespace specfuse {
namespace {

/// A convolution in a layout of its own: the kernels of kernels/conv_n16.h or kernels/conv_nhwc.h.
struct Path {
  const char* operation;
  int rank;
  Layout layout;
  Tensor (*forward)(const Tensor& x, const Tensor& weight, const Tensor& bias, bool relu);
  void (*backward)(const ConvBackward& at, const ConvGradients& gradients);
};
constexpr Path kN16{"conv1d", 3, Layout::n16, conv_n16_forward, conv_n16_backward};
constexpr Path kNhwc{"conv2d", 4, Layout::nhwc, conv_nhwc_forward, conv_nhwc_backward};

struct Operands {
  Variable x, weight, bias;
};

ConvGradients gradients_of(const Operands& of) {
  const auto wanted = [](const Variable& v) { return v.requires_grad() ? &v.grad_to_add() : nullptr; };
  return {wanted(of.x), wanted(of.weight), wanted(of.bias)};
}

/// The shape of the result; where the kernel does not fit, throws.
Shape result_shape(const Path& path, const Shape& x, const Shape& weight, const ConvOptions& options) {
  const auto& [padding, dilation, activation] = options;
  SPECFUSE_CHECK(x.rank() == path.rank && weight.rank() == path.rank && x[1] == weight[1], path.operation,
                 path.rank == 3 ? ": expected x [N, C, L] and weight [O, C, K], got "
                                : ": expected x [N, C, H, W] and weight [O, C, KH, KW], got ",
                 x.text(), " and ", weight.text());
  const auto length = [&](int dimension, Index zeros, Index step) {
    const Index span = step * (weight[dimension] - 1) + 1, padded = x[dimension] + 2 * zeros;
    SPECFUSE_CHECK(step >= 1 && zeros >= 0 && span <= padded, path.operation, ": a kernel of ", weight[dimension],
                   " taps spans ", span, " positions, the padded input has ", padded);
    return padded - span + 1;
  };
  if (path.rank == 3) return {x[0], weight[0], length(2, padding.w, dilation.w)};
  return {x[0], weight[0], length(2, padding.h, dilation.h), length(3, padding.w, dilation.w)};
}

/// A weight with zeros between its taps, so that they lie that far apart.
Variable dilated(const Variable& weight, const Extent& by) {
  if (by == Extent{1, 1}) return weight;
  const Shape& w = weight.shape();
  const Index rows = w.rank() == 4 ? w[2] : 1, cols = w[-1];
  const Index high = by.h * (rows - 1) + 1, wide = by.w * (cols - 1) + 1;
  const auto place = [=](Index i) {
    return (i / (rows * cols) * high + i / cols % rows * by.h) * wide + i % cols * by.w;
  };
  Tensor spread(w.rank() == 4 ? Shape{w[0], w[1], high, wide} : Shape{w[0], w[1], wide});
  for (Index i = 0; i < w.size(); ++i) spread[place(i)] = weight.value()[i];
  return {spread, {weight}, [weight, place](const Tensor& grad) {
            Tensor& sums = weight.grad_to_add();
            for (Index i = 0; i < sums.size(); ++i) sums[i] += grad[place(i)];
          }};
}

Variable convolve(const Path& path, const Operands& given, const ConvOptions& options) {
  const Shape shape = result_shape(path, given.x.shape(), given.weight.shape(), options);
  const Index positions = shape.size() / std::max<Index>(1, shape[1]);
  const ProfileSpan span(path.operation, 2.0 * static_cast<double>(positions * given.weight.shape().size()));
  const Operands of{pad(in_layout(given.x, path.layout), options.padding), dilated(given.weight, options.dilation),
                    given.bias};
  const bool relu = options.activation == Activation::relu;
  const Tensor y = path.forward(of.x.value(), of.weight.value(), of.bias.value(), relu);
  return {Stored(y, shape, path.layout),
          {of.x, of.weight, of.bias},
          [path, of, y, relu](const Tensor& dy) {
            path.backward({of.x.value(), of.weight.value(), y, dy, relu}, gradients_of(of));
          },
          path.operation};
}

/// The rank of the weight gives the direction.
Variable convolve_cube(const char* operation, int rank, const Operands& of, const CubeOptions& options) {
  const Shape &s = of.x.shape(), &w = of.weight.shape();
  SPECFUSE_CHECK(s.rank() == 5 && w.rank() == rank, operation,
                 ": expected x [N, rows, cols, bands, C] and weight [O, C, K", rank == 4 ? ", K" : "", "], got ",
                 s.text(), " and ", w.text());
  const double positions = static_cast<double>(s.size()) / static_cast<double>(std::max<Index>(1, s[4]));
  const ProfileSpan span(operation, 2.0 * positions * static_cast<double>(w.size()));
  const bool relu = options.activation == Activation::relu;
  const Tensor y = conv_cube_forward(of.x.value(), of.weight.value(), of.bias.value(), {options.dilation, relu});
  return {y,
          {of.x, of.weight, of.bias},
          [of, y, relu, dilation = options.dilation](const Tensor& dy) {
            conv_cube_backward({of.x.value(), of.weight.value(), y, dy, relu}, dilation, gradients_of(of));
          },
          operation};
}

}  // namespace

Variable conv1d(const Variable& x, const Variable& weight, const Variable& bias, const ConvOptions& options) {
  return convolve(kN16, {x, weight, bias}, options);
}

Variable conv2d(const Variable& x, const Variable& weight, const Variable& bias, const ConvOptions& options) {
  return convolve(kNhwc, {x, weight, bias}, options);
}

Variable conv_bands(const Variable& x, const Variable& weight, const Variable& bias, const CubeOptions& options) {
  return convolve_cube(__func__, 3, {x, weight, bias}, options);
}

Variable conv_pixels(const Variable& x, const Variable& weight, const Variable& bias, const CubeOptions& options) {
  return convolve_cube(__func__, 4, {x, weight, bias}, options);
}

}  // namespace specfuse
