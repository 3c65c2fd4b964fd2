#include "specfuse/kernels/conv_pixels.h"

#include <algorithm>
#include <vector>

#include "kernels/simd.h"
#include "specfuse/core/error.h"
#include "specfuse/core/threads.h"
#include "specfuse/kernels/dispatch.h"

namespace specfuse {
namespace {

PixelConv pixel_conv(const Tensor& x, const Tensor& weight) {
  SPECFUSE_CHECK(x.shape().rank() == 4 && weight.shape().rank() == 4 && weight.dim(1) == x.dim(3) &&
                     weight.dim(2) <= x.dim(1) && weight.dim(3) <= x.dim(2),
                 "conv_pixels: expected x [N, H, W, C] and weight [O, C, KH, KW] no larger, got ", x.shape().text(),
                 " and ", weight.shape().text());
  const Index kernel_h = weight.dim(2), kernel_w = weight.dim(3);
  return {x.dim(3),
          weight.dim(0),
          x.dim(1),
          x.dim(2),
          kernel_h,
          kernel_w,
          x.dim(1) - kernel_h + 1,
          x.dim(2) - kernel_w + 1};
}

Index groups_of(Index channels) { return (channels + kPixelGroup - 1) / kPixelGroup; }

/// weight [O, C, KH, KW] -> [groups of O, KH, KW * C, kPixelGroup].
Tensor pack_forward(const PixelConv& g, const Tensor& weight) {
  Tensor packed({groups_of(g.out_channels), g.kernel_h, g.kernel_w * g.in_channels, kPixelGroup});
  parallel_for(g.out_channels, [&](Index o) {
    float* to = packed.data() + o / kPixelGroup * (packed.size() / packed.dim(0)) + o % kPixelGroup;
    const float* from = weight.data() + o * g.in_channels * g.kernel_h * g.kernel_w;
    for (Index c = 0; c < g.in_channels; ++c) {
      for (Index ky = 0; ky < g.kernel_h; ++ky) {
        for (Index kx = 0; kx < g.kernel_w; ++kx) {
          to[((ky * g.kernel_w + kx) * g.in_channels + c) * kPixelGroup] = *from++;
        }
      }
    }
  });
  return packed;
}

/// weight [O, C, KH, KW] -> [groups of C, KH, KW * O, kPixelGroup], each row of the kernel turned round.
Tensor pack_backward(const PixelConv& g, const Tensor& weight) {
  Tensor packed({groups_of(g.in_channels), g.kernel_h, g.kernel_w * g.out_channels, kPixelGroup});
  parallel_for(g.out_channels, [&](Index o) {
    const float* from = weight.data() + o * g.in_channels * g.kernel_h * g.kernel_w;
    for (Index c = 0; c < g.in_channels; ++c) {
      float* to = packed.data() + c / kPixelGroup * (packed.size() / packed.dim(0)) + c % kPixelGroup;
      for (Index ky = 0; ky < g.kernel_h; ++ky) {
        for (Index kx = g.kernel_w - 1; kx >= 0; --kx) {
          to[((ky * g.kernel_w + kx) * g.out_channels + o) * kPixelGroup] = *from++;
        }
      }
    }
  });
  return packed;
}

/// dy [N, H', W', O] with zero columns around each row, zero where ReLU was off, and room for a group behind it.
Tensor pad_gradient(const PixelConv& g, const Tensor& dy, const Tensor& y, bool relu) {
  const Index line = g.out_w * g.out_channels, margin = kPixelMargin * g.out_channels, rows = dy.dim(0) * g.out_h;
  Tensor padded = Tensor::uninitialized({rows * (line + 2 * margin) + kPixelGroup});
  std::fill_n(padded.data() + padded.size() - kPixelGroup, kPixelGroup, 0.0f);
  parallel_for(rows, [&](Index row) {
    float* to = padded.data() + row * (line + 2 * margin);
    const float *from = dy.data() + row * line, *result = y.data() + row * line;
    std::fill_n(to, margin, 0.0f);
    for (Index i = 0; i < line; ++i) to[margin + i] = relu && !(result[i] > 0.0f) ? 0.0f : from[i];
    std::fill_n(to + margin + line, margin, 0.0f);
  });
  return padded;
}

void add_data_gradient(const PixelConv& g, const Tensor& padded, const Tensor& weight, Tensor& dx) {
  const Tensor packed = pack_backward(g, weight);
  const Index image = g.out_h * (g.out_w + 2 * kPixelMargin) * g.out_channels;
  parallel_for(dx.dim(0) * g.in_h, [&](Index row) {
    for (Index group = 0; group < packed.dim(0); ++group) {
      const Index first = group * kPixelGroup;
      const PixelGroup part{std::min(kPixelGroup, g.in_channels - first),
                            packed.data() + group * (packed.size() / packed.dim(0)), nullptr};
      simd().pixels.backward_row(g, part, row % g.in_h, padded.data() + row / g.in_h * image,
                                 dx.data() + row * g.in_w * g.in_channels + first);
    }
  });
}

void add_weight_gradient(const PixelConv& g, const Tensor& padded, const Tensor& x, Tensor& dweight) {
  const Index run = g.kernel_w * g.in_channels;
  // Each task has its own weights, so there are no partial sums to add up.
  parallel_for(groups_of(g.out_channels) * g.kernel_h, [&](Index task) {
    const Index first = task / g.kernel_h * kPixelGroup, ky = task % g.kernel_h;
    Tensor sums = Tensor::uninitialized({run, kPixelGroup});
    simd().pixels.backward_weight(g, x.dim(0), padded.data() + first, x.data() + ky * g.in_w * g.in_channels,
                                  sums.data());
    for (Index o = first; o < std::min(first + kPixelGroup, g.out_channels); ++o) {
      for (Index c = 0; c < g.in_channels; ++c) {
        float* to = dweight.data() + ((o * g.in_channels + c) * g.kernel_h + ky) * g.kernel_w;
        for (Index kx = 0; kx < g.kernel_w; ++kx) to[kx] += sums[(kx * g.in_channels + c) * kPixelGroup + o - first];
      }
    }
  });
}

void add_bias_gradient(const PixelConv& g, const Tensor& padded, Index images, Tensor& dbias) {
  const auto channels = static_cast<std::size_t>(g.out_channels);
  std::vector<double> sums(static_cast<std::size_t>(images) * channels);
  const Index pixels = g.out_h * (g.out_w + 2 * kPixelMargin);
  parallel_for(images, [&](Index n) {
    const float* from = padded.data() + n * pixels * g.out_channels;
    double* to = sums.data() + n * g.out_channels;
    for (Index p = 0; p < pixels; ++p) {
      for (Index o = 0; o < g.out_channels; ++o) to[o] += *from++;
    }
  });
  for (std::size_t o = 0; o < channels; ++o) {
    double total = 0;
    for (std::size_t i = o; i < sums.size(); i += channels) total += sums[i];
    dbias[static_cast<Index>(o)] += static_cast<float>(total);
  }
}

}  // namespace

Tensor to_pixels(const Tensor& x) {
  SPECFUSE_CHECK(x.shape().rank() == 4, "to_pixels: expected [N, C, H, W], got ", x.shape().text());
  const Index channels = x.dim(1), pixels = x.dim(2) * x.dim(3);
  Tensor result = Tensor::uninitialized({x.dim(0), x.dim(2), x.dim(3), channels});
  parallel_for(x.dim(0), [&](Index n) {
    const float* from = x.data() + n * channels * pixels;
    float* to = result.data() + n * channels * pixels;
    for (Index p = 0; p < pixels; ++p) {
      for (Index c = 0; c < channels; ++c) *to++ = from[c * pixels + p];
    }
  });
  return result;
}

Tensor from_pixels(const Tensor& x) {
  SPECFUSE_CHECK(x.shape().rank() == 4, "from_pixels: expected [N, H, W, C], got ", x.shape().text());
  const Index channels = x.dim(3), pixels = x.dim(1) * x.dim(2);
  Tensor result = Tensor::uninitialized({x.dim(0), channels, x.dim(1), x.dim(2)});
  parallel_for(x.dim(0), [&](Index n) {
    const float* from = x.data() + n * channels * pixels;
    float* to = result.data() + n * channels * pixels;
    for (Index c = 0; c < channels; ++c) {
      for (Index p = 0; p < pixels; ++p) *to++ = from[p * channels + c];
    }
  });
  return result;
}

Tensor conv_pixels_forward(const Tensor& x, const Tensor& weight, const Tensor& bias, bool relu) {
  const PixelConv g = pixel_conv(x, weight);
  SPECFUSE_CHECK(bias.shape() == Shape{g.out_channels}, "conv_pixels: expected a bias [", g.out_channels, "], got ",
                 bias.shape().text());
  const Tensor packed = pack_forward(g, weight);
  Tensor padded_bias({packed.dim(0) * kPixelGroup});
  std::copy_n(bias.data(), bias.size(), padded_bias.data());
  Tensor y = Tensor::uninitialized({x.dim(0), g.out_h, g.out_w, g.out_channels});
  const Index line = g.out_w * g.out_channels;
  parallel_for(x.dim(0) * g.out_h, [&](Index row) {
    const float* from = x.data() + (row / g.out_h * g.in_h + row % g.out_h) * g.in_w * g.in_channels;
    float* to = y.data() + row * line;
    for (Index group = 0; group < packed.dim(0); ++group) {
      const Index first = group * kPixelGroup;
      const PixelGroup part{std::min(kPixelGroup, g.out_channels - first),
                            packed.data() + group * (packed.size() / packed.dim(0)), padded_bias.data() + first};
      simd().pixels.forward_row(g, part, from, to + first);
    }
    if (relu) {
      for (Index i = 0; i < line; ++i) to[i] = std::max(to[i], 0.0f);
    }
  });
  return y;
}

void conv_pixels_backward(const Tensor& x, const Tensor& weight, const Tensor& y, const Tensor& dy, bool relu,
                          const PixelGradients& gradients) {
  const PixelConv g = pixel_conv(x, weight);
  SPECFUSE_CHECK(dy.shape() == y.shape() && y.shape() == Shape({x.dim(0), g.out_h, g.out_w, g.out_channels}),
                 "conv_pixels: expected a gradient of shape ", y.shape().text(), ", got ", dy.shape().text());
  const Tensor padded = pad_gradient(g, dy, y, relu);
  if (gradients.x != nullptr) add_data_gradient(g, padded, weight, *gradients.x);
  if (gradients.weight != nullptr) add_weight_gradient(g, padded, x, *gradients.weight);
  if (gradients.bias != nullptr) add_bias_gradient(g, padded, x.dim(0), *gradients.bias);
}

}  // namespace specfuse
