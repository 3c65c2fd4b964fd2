#pragma once

#include "specfuse/tensor/shape.h"

namespace specfuse {

/// One value for the height and one for the width of an image.
struct Extent {
  Index h, w;
  bool operator==(const Extent&) const = default;
};

/// How a convolution walks: all padding is zeros, the same on both sides.
struct ConvOptions {
  Extent stride{1, 1}, padding{0, 0}, dilation{1, 1};
  bool operator==(const ConvOptions&) const = default;
};

/// Sizes of one convolution: input [N, C, H, W], weight [O, C, KH, KW], output [N, O, OH, OW].
/// A 1-D convolution is a 2-D one of height 1. Like every network library it correlates: the kernel is not flipped.
struct ConvGeometry {
  Index batch, in_channels, out_channels;
  Extent in, kernel, out;
  ConvOptions options;

  /// Weights of one output channel: C * KH * KW.
  Index taps() const;
  /// Output pixels of one sample: OH * OW.
  Index positions() const;
  Shape input_shape() const;
  Shape weight_shape() const;
  Shape output_shape() const;
};

/// Throws `Error` where ranks or channels differ, a stride or dilation is below 1, a padding is negative, or the
/// kernel is larger than the padded input.
ConvGeometry conv_geometry(const Shape& input, const Shape& weight, const ConvOptions& options = {});

}  // namespace specfuse
