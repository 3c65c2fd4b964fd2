#include "specfuse/kernels/conv_lanes.h"

#include <algorithm>
#include <vector>

#include "kernels/simd.h"
#include "specfuse/core/error.h"
#include "specfuse/core/threads.h"
#include "specfuse/kernels/dispatch.h"

namespace specfuse {
namespace {

/// Partial sums of a weight gradient: a fixed number, so that the order of additions is fixed.
constexpr Index kPartialSums = 8;

LaneConv lane_conv(const Tensor& x, const Tensor& weight) {
  SPECFUSE_CHECK(x.shape().rank() == 4 && x.dim(3) == kLaneSamples && weight.shape().rank() == 3 &&
                     weight.dim(1) == x.dim(1) && weight.dim(2) <= x.dim(2),
                 "conv_lanes: expected x [M, C, L, ", kLaneSamples, "] and weight [O, C, K] with K <= L, got ",
                 x.shape().text(), " and ", weight.shape().text());
  return {x.dim(1), weight.dim(0), x.dim(2), weight.dim(2), x.dim(2) - weight.dim(2) + 1};
}

/// dy of one block with zeros around each channel, and zero where ReLU was off.
void pad_gradient(const LaneConv& g, const float* dy, const float* y, bool relu, float* padded) {
  const Index margin = kLaneMargin * kLaneSamples, line = g.out_length * kLaneSamples;
  for (Index o = 0; o < g.out_channels; ++o, dy += line, y += line) {
    std::fill_n(padded, margin, 0.0f);
    padded += margin;
    if (relu) {
      for (Index i = 0; i < line; ++i) padded[i] = y[i] > 0.0f ? dy[i] : 0.0f;
    } else {
      std::copy_n(dy, line, padded);
    }
    std::fill_n(padded + line, margin, 0.0f);
    padded += line + margin;
  }
}

void add_bias_gradient(const LaneConv& g, const float* padded, std::vector<double>& sums) {
  const Index length = (g.out_length + 2 * kLaneMargin) * kLaneSamples;
  for (Index o = 0; o < g.out_channels; ++o, padded += length) {
    // 16 running sums, so that the loop is not one long chain of additions.
    float lanes[kLaneSamples] = {};
    for (Index i = 0; i < length; i += kLaneSamples) {
      for (Index lane = 0; lane < kLaneSamples; ++lane) lanes[lane] += padded[i + lane];
    }
    for (const float lane : lanes) sums[static_cast<std::size_t>(o)] += lane;
  }
}

}  // namespace

Tensor to_lanes(const Tensor& x) {
  SPECFUSE_CHECK(x.shape().rank() == 3, "to_lanes: expected [N, C, L], got ", x.shape().text());
  const Index samples = x.dim(0), line = x.dim(1) * x.dim(2), blocks = (samples + kLaneSamples - 1) / kLaneSamples;
  Tensor lanes = Tensor::uninitialized({blocks, x.dim(1), x.dim(2), kLaneSamples});
  parallel_for(blocks, [&](Index block) {
    float* to = lanes.data() + block * line * kLaneSamples;
    const Index count = std::min(kLaneSamples, samples - block * kLaneSamples);
    const float* from = x.data() + block * kLaneSamples * line;
    for (Index i = 0; i < line; ++i) {
      for (Index lane = 0; lane < kLaneSamples; ++lane) {
        to[i * kLaneSamples + lane] = lane < count ? from[lane * line + i] : 0.0f;
      }
    }
  });
  return lanes;
}

Tensor from_lanes(const Tensor& x, Index samples) {
  SPECFUSE_CHECK(x.shape().rank() == 4 && x.dim(3) == kLaneSamples && samples <= x.dim(0) * kLaneSamples &&
                     samples > (x.dim(0) - 1) * kLaneSamples,
                 "from_lanes: expected [ceil(", samples, " / ", kLaneSamples, "), C, L, ", kLaneSamples, "], got ",
                 x.shape().text());
  const Index line = x.dim(1) * x.dim(2);
  Tensor plain = Tensor::uninitialized({samples, x.dim(1), x.dim(2)});
  parallel_for(x.dim(0), [&](Index block) {
    const float* from = x.data() + block * line * kLaneSamples;
    for (Index lane = 0; lane < std::min(kLaneSamples, samples - block * kLaneSamples); ++lane) {
      float* to = plain.data() + (block * kLaneSamples + lane) * line;
      for (Index i = 0; i < line; ++i) to[i] = from[i * kLaneSamples + lane];
    }
  });
  return plain;
}

Tensor conv_lanes_forward(const Tensor& x, const Tensor& weight, const Tensor& bias, bool relu) {
  const LaneConv g = lane_conv(x, weight);
  SPECFUSE_CHECK(bias.shape() == Shape{g.out_channels}, "conv_lanes: expected a bias [", g.out_channels, "], got ",
                 bias.shape().text());
  Tensor y = Tensor::uninitialized({x.dim(0), g.out_channels, g.out_length, kLaneSamples});
  const Index in_size = g.in_channels * g.in_length * kLaneSamples, out_size = y.size() / std::max<Index>(1, y.dim(0));
  parallel_for(x.dim(0), [&](Index block) {
    float* out = y.data() + block * out_size;
    simd().lanes.forward(g, x.data() + block * in_size, weight.data(), bias.data(), out);
    if (relu) {
      for (Index i = 0; i < out_size; ++i) out[i] = std::max(out[i], 0.0f);
    }
  });
  return y;
}

void conv_lanes_backward(const Tensor& x, const Tensor& weight, const Tensor& y, const Tensor& dy, bool relu,
                         const LaneGradients& gradients) {
  const LaneConv g = lane_conv(x, weight);
  SPECFUSE_CHECK(dy.shape() == y.shape() && y.shape() == Shape({x.dim(0), g.out_channels, g.out_length, kLaneSamples}),
                 "conv_lanes: expected a gradient of shape ", y.shape().text(), ", got ", dy.shape().text());
  const Index blocks = x.dim(0), in_size = g.in_channels * g.in_length * kLaneSamples;
  const Index out_size = g.out_channels * g.out_length * kLaneSamples;
  const Index padded_size = out_size + 2 * g.out_channels * kLaneMargin * kLaneSamples;
  const Index per_sum = std::max<Index>(1, (blocks + kPartialSums - 1) / kPartialSums);
  const auto sums = static_cast<std::size_t>((blocks + per_sum - 1) / per_sum);
  std::vector<Tensor> weights(sums);
  std::vector<std::vector<double>> biases(sums, std::vector<double>(static_cast<std::size_t>(g.out_channels)));
  parallel_ranges(blocks, per_sum, [&](Index first, Index last) {
    const auto sum = static_cast<std::size_t>(first / per_sum);
    if (gradients.weight != nullptr) weights[sum] = Tensor(weight.shape());
    Tensor padded = Tensor::uninitialized({padded_size});
    for (Index block = first; block < last; ++block) {
      pad_gradient(g, dy.data() + block * out_size, y.data() + block * out_size, relu, padded.data());
      if (gradients.x != nullptr) {
        simd().lanes.backward_data(g, padded.data(), weight.data(), gradients.x->data() + block * in_size);
      }
      if (gradients.weight != nullptr) {
        simd().lanes.backward_weight(g, padded.data(), x.data() + block * in_size, weights[sum].data());
      }
      if (gradients.bias != nullptr) add_bias_gradient(g, padded.data(), biases[sum]);
    }
  });
  for (std::size_t sum = 0; sum < sums; ++sum) {
    if (gradients.weight != nullptr) {
      for (Index i = 0; i < weight.size(); ++i) (*gradients.weight)[i] += weights[sum][i];
    }
    if (gradients.bias != nullptr) {
      for (Index o = 0; o < g.out_channels; ++o) {
        (*gradients.bias)[o] += static_cast<float>(biases[sum][static_cast<std::size_t>(o)]);
      }
    }
  }
}

}  // namespace specfuse
