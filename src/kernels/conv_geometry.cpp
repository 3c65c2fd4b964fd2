#include "specfuse/kernels/conv_geometry.h"

#include "specfuse/core/error.h"

namespace specfuse {
namespace {

/// One dimension of a walk.
struct Walk {
  Index stride, padding, dilation;
};

Index output_extent(Index in, Index kernel, const Walk& walk) {
  const auto [stride, padding, dilation] = walk;
  SPECFUSE_CHECK(stride >= 1 && dilation >= 1 && padding >= 0,
                 "convolution: expected stride and dilation of at least 1 and padding of at least 0, got ", stride,
                 ", ", dilation, " and ", padding);
  const Index span = dilation * (kernel - 1) + 1, padded = in + 2 * padding;
  SPECFUSE_CHECK(kernel >= 1 && span <= padded, "convolution: a kernel of ", kernel, " taps spans ", span,
                 " positions, the padded input has ", padded);
  return (padded - span) / stride + 1;
}

}  // namespace

Index ConvGeometry::taps() const { return in_channels * kernel.h * kernel.w; }
Index ConvGeometry::positions() const { return out.h * out.w; }
Shape ConvGeometry::input_shape() const { return {batch, in_channels, in.h, in.w}; }
Shape ConvGeometry::weight_shape() const { return {out_channels, in_channels, kernel.h, kernel.w}; }
Shape ConvGeometry::output_shape() const { return {batch, out_channels, out.h, out.w}; }

ConvGeometry conv_geometry(const Shape& input, const Shape& weight, const ConvOptions& options) {
  SPECFUSE_CHECK(input.rank() == 4 && weight.rank() == 4 && input[1] == weight[1],
                 "convolution: expected input [N, C, H, W] and weight [O, C, KH, KW] with equal C, got ", input.text(),
                 " and ", weight.text());
  ConvGeometry g{input[0], input[1], weight[0], {input[2], input[3]}, {weight[2], weight[3]}, {}, options};
  g.out.h = output_extent(g.in.h, g.kernel.h, {options.stride.h, options.padding.h, options.dilation.h});
  g.out.w = output_extent(g.in.w, g.kernel.w, {options.stride.w, options.padding.w, options.dilation.w});
  return g;
}

}  // namespace specfuse
