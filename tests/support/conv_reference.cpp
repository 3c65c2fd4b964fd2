#include "support/conv_reference.h"

#include <vector>

#include "kernels/conv_cube_paths.h"

namespace specfuse::reference {
namespace {

/// Calls body(output index, weight index, input index) for every product of the convolution.
template <class Body>
void for_each_product(const ConvGeometry& g, Body body) {
  const Index images = g.input[0], channels = g.input[1], rows = g.input[2], cols = g.input[3];
  const Index filters = g.weight[0], height = g.weight[2], width = g.weight[3];
  const Index down = g.results(0), across = g.results(1);
  Index out = 0;
  for (Index n = 0; n < images; ++n)
    for (Index f = 0; f < filters; ++f)
      for (Index oy = 0; oy < down; ++oy)
        for (Index ox = 0; ox < across; ++ox, ++out)
          for (Index c = 0; c < channels; ++c)
            for (Index ky = 0; ky < height; ++ky)
              for (Index kx = 0; kx < width; ++kx) {
                const Index y = oy + ky * g.dilation[0] - g.padding[0], x = ox + kx * g.dilation[1] - g.padding[1];
                if (y < 0 || y >= rows || x < 0 || x >= cols) continue;
                body(out, ((f * channels + c) * height + ky) * width + kx, ((n * channels + c) * rows + y) * cols + x);
              }
}

/// Calls body(out, weight, in) with the places of each product.
template <class Body>
void for_each_product(const CubeConv& c, const Body& body) {
  const Index half = c.kernel / 2, size = c.bands;
  for (Index p = 0; p < c.lines() * size; ++p) {
    const Index band = p % size, col = p / size % c.cols, row = p / size / c.cols % c.rows;
    for (Index tap = 0; tap < c.taps(); ++tap) {
      const Index first = (tap / c.kernel - half) * c.dilation, last = (tap % c.kernel - half) * c.dilation;
      const Index down = c.across ? first : 0, along = c.across ? last : 0,
                  deep = c.across ? 0 : (tap - half) * c.dilation;
      if (row + down < 0 || row + down >= c.rows || col + along < 0 || col + along >= c.cols || band + deep < 0 ||
          band + deep >= size) {
        continue;
      }
      const Index under = p + (down * c.cols + along) * size + deep;
      for (Index o = 0; o < c.out; ++o) {
        for (Index i = 0; i < c.in; ++i) body(p * c.out + o, (o * c.in + i) * c.taps() + tap, under * c.in + i);
      }
    }
  }
}

CubeConv cube_conv(const Tensor& x, const Tensor& weight, Index dilation) {
  const Shape &s = x.shape(), &w = weight.shape();
  return {s[0], s[1], s[2], s[3], s[4], w[0], w[2], dilation, w.rank() == 4};
}

/// Adds sums of products, kept in double, to a tensor.
void add_products(const std::vector<double>& sums, Tensor& tensor) {
  for (Index i = 0; i < tensor.size(); ++i) {
    tensor[i] = static_cast<float>(tensor[i] + sums[static_cast<std::size_t>(i)]);
  }
}

std::vector<double> zeros(const Tensor& like) { return std::vector<double>(static_cast<std::size_t>(like.size())); }

}  // namespace

Index ConvGeometry::results(int axis) const {
  const auto at = static_cast<std::size_t>(axis);
  return input[2 + axis] + 2 * padding[at] - dilation[at] * (weight[2 + axis] - 1);
}

Tensor conv_forward(const ConvGeometry& g, const Tensor& input, const Tensor& weight, const Tensor& bias) {
  Tensor output(g.output_shape());
  auto sums = zeros(output);
  for_each_product(
      g, [&](Index out, Index w, Index in) { sums[static_cast<std::size_t>(out)] += double{weight[w]} * input[in]; });
  if (bias.defined()) {
    for (Index i = 0; i < output.size(); ++i) {
      sums[static_cast<std::size_t>(i)] += bias[i / g.positions() % g.out_channels()];
    }
  }
  add_products(sums, output);
  return output;
}

void conv_backward_data(const ConvGeometry& g, const Tensor& output_grad, const Tensor& weight, Tensor& input_grad) {
  auto sums = zeros(input_grad);
  for_each_product(g, [&](Index out, Index w, Index in) {
    sums[static_cast<std::size_t>(in)] += double{weight[w]} * output_grad[out];
  });
  add_products(sums, input_grad);
}

void conv_backward_weight(const ConvGeometry& g, const Tensor& output_grad, const Tensor& input, Tensor& weight_grad) {
  auto sums = zeros(weight_grad);
  for_each_product(g, [&](Index out, Index w, Index in) {
    sums[static_cast<std::size_t>(w)] += double{input[in]} * output_grad[out];
  });
  add_products(sums, weight_grad);
}

void conv_backward_bias(const ConvGeometry& g, const Tensor& output_grad, Tensor& bias_grad) {
  auto sums = zeros(bias_grad);
  for (Index i = 0; i < output_grad.size(); ++i) {
    sums[static_cast<std::size_t>(i / g.positions() % g.out_channels())] += output_grad[i];
  }
  add_products(sums, bias_grad);
}

Tensor conv_cube_forward(const Tensor& x, const Tensor& weight, const Tensor& bias, const CubeConvOptions& options) {
  const CubeConv conv = cube_conv(x, weight, options.dilation);
  Tensor y({conv.images, conv.rows, conv.cols, conv.bands, conv.out});
  std::vector<double> sums = zeros(y);
  for (Index i = 0; i < y.size(); ++i) sums[static_cast<std::size_t>(i)] = bias[i % conv.out];
  for_each_product(
      conv, [&](Index out, Index w, Index in) { sums[static_cast<std::size_t>(out)] += double{weight[w]} * x[in]; });
  for (double& value : sums) value = options.relu && value < 0 ? 0 : value;
  add_products(sums, y);
  return y;
}

void conv_cube_backward(const ConvBackward& at, Index dilation, const ConvGradients& gradients) {
  const CubeConv conv = cube_conv(at.x, at.weight, dilation);
  std::vector<double> dx = zeros(at.x), dw = zeros(at.weight), db = zeros(*gradients.bias);
  for_each_product(conv, [&](Index out, Index w, Index in) {
    dx[static_cast<std::size_t>(in)] += double{at.weight[w]} * at.dy[out];
    dw[static_cast<std::size_t>(w)] += double{at.x[in]} * at.dy[out];
  });
  for (Index i = 0; i < at.dy.size(); ++i) db[static_cast<std::size_t>(i % conv.out)] += at.dy[i];
  add_products(dx, *gradients.x);
  add_products(dw, *gradients.weight);
  add_products(db, *gradients.bias);
}

}  // namespace specfuse::reference
