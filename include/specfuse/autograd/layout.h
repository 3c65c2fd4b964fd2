#pragma once

#include <utility>

#include "specfuse/tensor/tensor.h"

namespace specfuse {

/// How the elements of a value lie in memory; the names are those of oneDNN's data formats. A value has one shape,
/// whatever its layout: [N, C, L] of spectra, [N, C, H, W] of images.
enum class Layout {
  /// Row-major in the order of the shape: NCL and NCHW.
  plain,
  /// NCL blocked by 16 samples: [ceil(N / 16), C, L, 16], see kernels/conv_n16.h. What lies beyond N means nothing
  /// in a value, and is 0 in a gradient.
  n16,
  /// NCHW with the channels last: [N, H, W, C], see kernels/conv_nhwc.h.
  nhwc,
};

/// The elements of a value, in a tensor of the layout's own shape.
struct Stored {
  Tensor elements;
  Shape shape;
  Layout layout = Layout::plain;

  /// A plain value.
  Stored(Tensor tensor) : elements(std::move(tensor)), shape(elements.shape()) {}
  Stored(Tensor tensor, const Shape& value_shape, Layout value_layout)
      : elements(std::move(tensor)), shape(value_shape), layout(value_layout) {}
};

/// Elements of a value of this shape brought from one layout to another: the same tensor where they are equal. Throws
/// `Error` where a layout does not fit the shape.
Tensor convert_layout(const Stored& from, Layout to);

}  // namespace specfuse
