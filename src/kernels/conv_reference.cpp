#include <vector>

#include "specfuse/kernels/conv.h"

namespace specfuse::reference {
namespace {

/// Calls body(output index, weight index, input index) for every product of the convolution.
template <class Body>
void for_each_product(const ConvGeometry& g, Body body) {
  const ConvOptions& o = g.options;
  for (Index n = 0; n < g.batch; ++n)
    for (Index f = 0; f < g.out_channels; ++f)
      for (Index oy = 0; oy < g.out.h; ++oy)
        for (Index ox = 0; ox < g.out.w; ++ox)
          for (Index c = 0; c < g.in_channels; ++c)
            for (Index ky = 0; ky < g.kernel.h; ++ky)
              for (Index kx = 0; kx < g.kernel.w; ++kx) {
                const Index y = oy * o.stride.h + ky * o.dilation.h - o.padding.h;
                const Index x = ox * o.stride.w + kx * o.dilation.w - o.padding.w;
                if (y < 0 || y >= g.in.h || x < 0 || x >= g.in.w) continue;
                body(((n * g.out_channels + f) * g.out.h + oy) * g.out.w + ox,
                     ((f * g.in_channels + c) * g.kernel.h + ky) * g.kernel.w + kx,
                     ((n * g.in_channels + c) * g.in.h + y) * g.in.w + x);
              }
}

/// Adds sums of products, kept in double, to a tensor.
void add_sums(const std::vector<double>& sums, Tensor& tensor) {
  for (Index i = 0; i < tensor.size(); ++i) {
    tensor[i] = static_cast<float>(tensor[i] + sums[static_cast<std::size_t>(i)]);
  }
}

std::vector<double> zeros(const Tensor& like) { return std::vector<double>(static_cast<std::size_t>(like.size())); }

}  // namespace

Tensor conv_forward(const ConvGeometry& g, const Tensor& input, const Tensor& weight, const Tensor& bias) {
  Tensor output(g.output_shape());
  auto sums = zeros(output);
  for_each_product(
      g, [&](Index out, Index w, Index in) { sums[static_cast<std::size_t>(out)] += double{weight[w]} * input[in]; });
  if (bias.defined()) {
    for (Index i = 0; i < output.size(); ++i) {
      sums[static_cast<std::size_t>(i)] += bias[i / g.positions() % g.out_channels];
    }
  }
  add_sums(sums, output);
  return output;
}

void conv_backward_data(const ConvGeometry& g, const Tensor& output_grad, const Tensor& weight, Tensor& input_grad) {
  auto sums = zeros(input_grad);
  for_each_product(g, [&](Index out, Index w, Index in) {
    sums[static_cast<std::size_t>(in)] += double{weight[w]} * output_grad[out];
  });
  add_sums(sums, input_grad);
}

void conv_backward_weight(const ConvGeometry& g, const Tensor& output_grad, const Tensor& input, Tensor& weight_grad) {
  auto sums = zeros(weight_grad);
  for_each_product(g, [&](Index out, Index w, Index in) {
    sums[static_cast<std::size_t>(w)] += double{input[in]} * output_grad[out];
  });
  add_sums(sums, weight_grad);
}

}  // namespace specfuse::reference
