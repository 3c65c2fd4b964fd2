#include <algorithm>

#include "specfuse/autograd/ops.h"
#include "specfuse/core/error.h"
#include "specfuse/core/profile.h"
#include "specfuse/kernels/conv.h"
#include "specfuse/kernels/conv_cube.h"
#include "specfuse/kernels/conv_n16.h"
#include "specfuse/kernels/conv_nhwc.h"

namespace specfuse {
namespace {

double flops_of(const ConvGeometry& g) {
  return 2.0 * static_cast<double>(g.batch * g.positions() * g.out_channels * g.taps());
}

/// Whether there is a kernel without im2col; it takes its padding with the input.
bool is_plain_walk(const ConvOptions& options) {
  const Extent one{1, 1};
  return options.stride == one && options.dilation == one;
}

/// A convolution in a layout of its own: the kernels of kernels/conv_n16.h or kernels/conv_nhwc.h.
struct Path {
  const char* operation;
  Layout layout;
  Tensor (*forward)(const Tensor& x, const Tensor& weight, const Tensor& bias, bool relu);
  void (*backward)(const ConvBackward& at, const ConvGradients& gradients);
};
constexpr Path kN16{"conv1d", Layout::n16, conv_n16_forward, conv_n16_backward};
constexpr Path kNhwc{"conv2d", Layout::nhwc, conv_nhwc_forward, conv_nhwc_backward};

struct Operands {
  Variable x, weight, bias;
};

ConvGradients gradients_of(const Operands& of) {
  const auto wanted = [](const Variable& v) { return v.requires_grad() ? &v.grad_to_add() : nullptr; };
  return {wanted(of.x), wanted(of.weight), wanted(of.bias)};
}

Variable convolve(const Path& path, const Operands& given, const ConvGeometry& geometry, bool relu) {
  const bool image = given.x.shape().rank() == 4;
  const Shape whole = geometry.output_shape(), shape = image ? whole : Shape{whole[0], whole[1], whole[3]};
  const Operands of{pad(in_layout(given.x, path.layout), geometry.options.padding), given.weight, given.bias};
  const Tensor y = path.forward(of.x.value(), of.weight.value(), of.bias.value(), relu);
  return {Stored(y, shape, path.layout),
          {of.x, of.weight, of.bias},
          [path, of, y, relu](const Tensor& dy) {
            path.backward({of.x.value(), of.weight.value(), y, dy, relu}, gradients_of(of));
          },
          path.operation};
}

/// The general path, through im2col.
Variable convolve_columns(const char* operation, const ConvGeometry& geometry, const Operands& given) {
  const Operands of{in_layout(given.x, Layout::plain), given.weight, given.bias};
  return {conv_forward(geometry, of.x.value(), of.weight.value(), of.bias.value()),
          {of.x, of.weight, of.bias},
          [=](const Tensor& dy) {
            if (of.x.requires_grad()) conv_backward_data(geometry, dy, of.weight.value(), of.x.grad_to_add());
            if (of.weight.requires_grad()) {
              conv_backward_weight(geometry, dy, of.x.value(), of.weight.grad_to_add());
            }
            if (of.bias.requires_grad()) conv_backward_bias(geometry, dy, of.bias.grad_to_add());
          },
          operation};
}

/// The rank of the weight tells the direction.
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

Variable activated(const Variable& x, Activation activation) { return activation == Activation::relu ? relu(x) : x; }

}  // namespace

Variable conv2d(const Variable& x, const Variable& weight, const Variable& bias, const Conv2dOptions& options) {
  const ConvGeometry geometry = conv_geometry(x.shape(), weight.shape(), options);
  const ProfileSpan span(__func__, flops_of(geometry));
  if (!is_plain_walk(options)) {
    return activated(convolve_columns(__func__, geometry, {x, weight, bias}), options.activation);
  }
  return convolve(kNhwc, {x, weight, bias}, geometry, options.activation == Activation::relu);
}

Variable conv1d(const Variable& x, const Variable& weight, const Variable& bias, const Conv1dOptions& options) {
  SPECFUSE_CHECK(x.shape().rank() == 3 && weight.shape().rank() == 3,
                 "conv1d: expected x [N, C, L] and weight [O, C, K], got ", x.shape().text(), " and ",
                 weight.shape().text());
  const auto as_image = [](const Shape& s) { return Shape{s[0], s[1], 1, s[2]}; };
  const ConvOptions walk{{1, options.stride}, {0, options.padding}, {1, options.dilation}};
  const ConvGeometry geometry = conv_geometry(as_image(x.shape()), as_image(weight.shape()), walk);
  const ProfileSpan span(__func__, flops_of(geometry));
  if (is_plain_walk(walk)) return convolve(kN16, {x, weight, bias}, geometry, options.activation == Activation::relu);
  const Shape shape{geometry.batch, geometry.out_channels, geometry.out.w};
  const auto image = [&](const Variable& v) { return reshape(v, as_image(v.shape())); };
  const Variable sums = convolve_columns(__func__, geometry, {image(x), image(weight), bias});
  return activated(reshape(sums, shape), options.activation);
}

Variable conv_bands(const Variable& x, const Variable& weight, const Variable& bias, const CubeOptions& options) {
  return convolve_cube(__func__, 3, {x, weight, bias}, options);
}

Variable conv_pixels(const Variable& x, const Variable& weight, const Variable& bias, const CubeOptions& options) {
  return convolve_cube(__func__, 4, {x, weight, bias}, options);
}

}  // namespace specfuse
