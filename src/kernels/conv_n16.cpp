#include "specfuse/kernels/conv_n16.h"

#include <algorithm>
#include <vector>

#include "kernels/simd.h"
#include "kernels/toom_transform.h"
#include "specfuse/core/error.h"
#include "specfuse/core/threads.h"
#include "specfuse/kernels/dispatch.h"
#include "specfuse/tensor/math.h"

namespace specfuse {
namespace {

/// Blocks of 16 samples whose transformed inputs and gradients are held at once: more of them only take memory. Of
/// these, so many stay in the first-level cache while a tile of weight gradients is summed.
constexpr Index kBlocksHeld = 32, kBlocksTogether = 8;
/// Output channels whose weight gradients are one task.
constexpr Index kOutputsTogether = 8;

/// A convolution and what is left of it at each point.
struct N16Work {
  N16Conv whole, part;
  ToomAxis axis;
  Index points;
  /// Floats of one block at one point, and of its weights.
  Index x_size, y_size, weights;
};

N16Work n16_work(const Tensor& x, const Tensor& weight) {
  SPECFUSE_CHECK(x.shape().rank() == 4 && x.dim(3) == kBlockSamples && weight.shape().rank() == 3 &&
                     weight.dim(1) == x.dim(1) && weight.dim(2) <= x.dim(2),
                 "conv_n16: expected x [M, C, L, ", kBlockSamples, "] and weight [O, C, K] with K <= L, got ",
                 x.shape().text(), " and ", weight.shape().text());
  const Index in = x.dim(1), out = weight.dim(0), taps = weight.dim(2), results = x.dim(2) - taps + 1;
  const ToomAxis axis(toom_blocks({in, out, taps, results}), taps, results);
  const N16Conv part{in, out, axis.length(ToomRole::signal), axis.length(ToomRole::taps),
                     axis.length(ToomRole::result)};
  return {{in, out, x.dim(2), taps, results},
          part,
          axis,
          axis.points(),
          in * part.in_length * kBlockSamples,
          out * part.out_length * kBlockSamples,
          out * in * part.taps};
}

/// [rows, cols] -> [cols, rows]
Tensor turned(const Tensor& x, Index rows, Index cols) {
  Tensor result = Tensor::uninitialized({cols, rows});
  for (Index row = 0; row < rows; ++row) {
    for (Index col = 0; col < cols; ++col) result[col * rows + row] = x[row * cols + col];
  }
  return result;
}

/// weight [O, C, K] -> [points, taps, O * C]: filters side by side.
Tensor expand_weight(const N16Work& work, const Tensor& weight) {
  const Index filters = work.part.in_channels * work.part.out_channels;
  Tensor expanded = Tensor::uninitialized({work.points, work.part.taps, filters});
  toom_expand({work.axis, ToomRole::taps, {1, filters}}, turned(weight, filters, work.whole.taps).data(),
              expanded.data());
  return expanded;
}

void contract_weight(const N16Work& work, const Tensor& expanded, Tensor& weight) {
  const Index filters = work.part.in_channels * work.part.out_channels, taps = work.whole.taps;
  Tensor plain = Tensor::uninitialized({taps, filters});
  toom_contract({work.axis, ToomRole::taps, {1, filters}}, expanded.data(), plain.data());
  const Tensor gradient = turned(plain, taps, filters);
  for (Index i = 0; i < weight.size(); ++i) weight[i] += gradient[i];
}

void expand_input(const N16Work& work, const float* x, float* expanded) {
  toom_expand({work.axis, ToomRole::signal, {work.part.in_channels, kBlockSamples}}, x, expanded);
}

/// One level of the transforms of a block.
struct BlockLevel {
  const N16Work& work;
  std::size_t level;

  bool is_last() const { return level == work.axis.levels(); }
  BlockLevel next() const { return {work, level + 1}; }
  /// Points of all levels behind this one together.
  Index points_below() const { return work.axis.points(level + 1); }
  ToomSequence inputs() const { return {work.axis, ToomRole::signal, {work.part.in_channels, kBlockSamples}, level}; }
  ToomSequence outputs() const { return {work.axis, ToomRole::result, {work.part.out_channels, kBlockSamples}, level}; }
};

/// y of one block at one level, finished, from x and all weights of the level. Point by point, so that what a point
/// needs stays in the second-level cache.
void forward_level(const BlockLevel& at, const N16Filters& filters, const float* x, float* y) {
  if (at.is_last()) {
    simd().n16.forward(at.work.part, filters, x, y);
    return;
  }
  const ToomSequence inputs = at.inputs(), outputs = at.outputs();
  const Index in_size = inputs.point_size(), out_size = outputs.point_size(), points = inputs.points();
  Tensor in = Tensor::uninitialized({points * in_size}), out = Tensor::uninitialized({points * out_size});
  toom_expand_level(inputs, x, in.data());
  for (Index t = 0; t < points; ++t) {
    forward_level(at.next(), {filters.weight + t * at.points_below() * at.work.weights}, in.data() + t * in_size,
                  out.data() + t * out_size);
  }
  toom_contract_level(outputs, out.data(), y, filters.finish);
}

/// Adds to dx of one block at one level, from dy at all points of the last.
void backward_data_level(const BlockLevel& at, const float* dy, const float* weight, float* dx) {
  if (at.is_last()) {
    simd().n16.backward_data(at.work.part, dy, weight, dx);
    return;
  }
  const ToomSequence inputs = at.inputs();
  const Index below = at.points_below(), in_size = inputs.point_size();
  Tensor in(Shape{inputs.points() * in_size});
  for (Index t = 0; t < inputs.points(); ++t) {
    backward_data_level(at.next(), dy + t * below * at.work.y_size, weight + t * below * at.work.weights,
                        in.data() + t * in_size);
  }
  toom_contract_level(inputs, in.data(), dx);
}

void add_bias_gradient(const N16Conv& g, const float* dy, double* sums) {
  const Index line = g.out_length * kBlockSamples;
  for (Index o = 0; o < g.out_channels; ++o, dy += line) {
    // 16 running sums, so that the loop is not one long chain of additions.
    float totals[kBlockSamples] = {};
    for (Index i = 0; i < line; i += kBlockSamples) {
      for (Index sample = 0; sample < kBlockSamples; ++sample) totals[sample] += dy[i + sample];
    }
    for (const float total : totals) sums[o] += total;
  }
}

/// The transformed inputs and gradients of a few blocks, [blocks, points, ...].
struct Held {
  Tensor x, dy;
  Index blocks;
};

/// Adds to the weight gradients at all points. Each task has its own weights, so there are no partial sums to add up.
void add_weight_gradient(const N16Work& work, const Held& held, Tensor& expanded) {
  const N16Conv& g = work.part;
  const Index groups = (g.out_channels + kOutputsTogether - 1) / kOutputsTogether;
  const Index row = g.in_channels * g.taps;
  parallel_for(work.points * groups, [&](Index task) {
    const Index point = task / groups, group = task % groups;
    const Index first = group * g.out_channels / groups, last = (group + 1) * g.out_channels / groups;
    N16Conv some = g;
    some.out_channels = last - first;
    Tensor sums(Shape{some.out_channels * row * kBlockSamples});
    for (Index block = 0; block < held.blocks; block += kBlocksTogether) {
      const float* dy = held.dy.data() + (block * work.points + point) * work.y_size;
      const float* x = held.x.data() + (block * work.points + point) * work.x_size;
      simd().n16.backward_weight(
          some,
          {dy + first * g.out_length * kBlockSamples, x, std::min(kBlocksTogether, held.blocks - block),
           work.points * work.y_size, work.points * work.x_size},
          sums.data());
    }
    float* to = expanded.data() + (point * g.taps * g.out_channels + first) * g.in_channels;
    for (Index i = 0; i < some.out_channels * row; ++i) {
      float total = 0;
      for (Index sample = 0; sample < kBlockSamples; ++sample) total += sums[i * kBlockSamples + sample];
      to[i % g.taps * g.out_channels * g.in_channels + i / g.taps] += total;
    }
  });
}

}  // namespace

Tensor to_n16(const Tensor& x) {
  SPECFUSE_CHECK(x.shape().rank() == 3, "to_n16: expected [N, C, L], got ", x.shape().text());
  const Index samples = x.dim(0), line = x.dim(1) * x.dim(2), blocks = (samples + kBlockSamples - 1) / kBlockSamples;
  Tensor blocked = Tensor::uninitialized({blocks, x.dim(1), x.dim(2), kBlockSamples});
  parallel_for(blocks, [&](Index block) {
    float* to = blocked.data() + block * line * kBlockSamples;
    const Index count = std::min(kBlockSamples, samples - block * kBlockSamples);
    const float* from = x.data() + block * kBlockSamples * line;
    for (Index i = 0; i < line; ++i) {
      for (Index sample = 0; sample < kBlockSamples; ++sample) {
        to[i * kBlockSamples + sample] = sample < count ? from[sample * line + i] : 0.0f;
      }
    }
  });
  return blocked;
}

Tensor from_n16(const Tensor& x, Index samples) {
  SPECFUSE_CHECK(x.shape().rank() == 4 && x.dim(3) == kBlockSamples && samples <= x.dim(0) * kBlockSamples &&
                     samples > (x.dim(0) - 1) * kBlockSamples,
                 "from_n16: expected [ceil(", samples, " / ", kBlockSamples, "), C, L, ", kBlockSamples, "], got ",
                 x.shape().text());
  const Index line = x.dim(1) * x.dim(2);
  Tensor plain = Tensor::uninitialized({samples, x.dim(1), x.dim(2)});
  parallel_for(x.dim(0), [&](Index block) {
    const float* from = x.data() + block * line * kBlockSamples;
    for (Index sample = 0; sample < std::min(kBlockSamples, samples - block * kBlockSamples); ++sample) {
      float* to = plain.data() + (block * kBlockSamples + sample) * line;
      for (Index i = 0; i < line; ++i) to[i] = from[i * kBlockSamples + sample];
    }
  });
  return plain;
}

Tensor conv_n16_forward(const Tensor& x, const Tensor& weight, const Tensor& bias, bool relu) {
  const N16Work work = n16_work(x, weight);
  const N16Conv& g = work.whole;
  SPECFUSE_CHECK(bias.shape() == Shape{g.out_channels}, "conv_n16: expected a bias [", g.out_channels, "], got ",
                 bias.shape().text());
  const Tensor weights = expand_weight(work, weight);
  Tensor y = Tensor::uninitialized({x.dim(0), g.out_channels, g.out_length, kBlockSamples});
  const Index in_size = g.in_channels * g.in_length * kBlockSamples;
  const Index out_size = g.out_channels * g.out_length * kBlockSamples;
  parallel_for(x.dim(0), [&](Index block) {
    forward_level({work, 0}, {weights.data(), {bias.data(), relu}}, x.data() + block * in_size,
                  y.data() + block * out_size);
  });
  return y;
}

void conv_n16_backward(const ConvBackward& at, const ConvGradients& gradients) {
  const Tensor &x = at.x, &y = at.y, &dy = at.dy;
  const N16Work work = n16_work(x, at.weight);
  const N16Conv& g = work.whole;
  SPECFUSE_CHECK(dy.shape() == y.shape() && y.shape() == Shape({x.dim(0), g.out_channels, g.out_length, kBlockSamples}),
                 "conv_n16: expected a gradient of shape ", y.shape().text(), ", got ", dy.shape().text());
  const Index blocks = x.dim(0), in_size = g.in_channels * g.in_length * kBlockSamples;
  const Index out_size = g.out_channels * g.out_length * kBlockSamples;
  const Tensor weights = gradients.x != nullptr ? expand_weight(work, at.weight) : Tensor();
  Tensor weight_gradient = gradients.weight != nullptr
                               ? Tensor(Shape{work.points, work.part.taps, g.out_channels * g.in_channels})
                               : Tensor();
  std::vector<double> biases(static_cast<std::size_t>(blocks * g.out_channels));
  const Index most = std::min(blocks, kBlocksHeld);
  const Held room{Tensor::uninitialized({most * work.points * work.x_size}),
                  Tensor::uninitialized({most * work.points * work.y_size}), 0};
  for (Index first = 0; first < blocks; first += kBlocksHeld) {
    Held held = room;
    held.blocks = std::min(kBlocksHeld, blocks - first);
    parallel_for(held.blocks, [&](Index i) {
      const Index block = first + i;
      // Zero where ReLU was off.
      Tensor sent = Tensor::uninitialized({out_size});
      const float *from = dy.data() + block * out_size, *results = y.data() + block * out_size;
      float* to = sent.data();
      for (Index k = 0; k < out_size; ++k) to[k] = at.relu ? relu_gradient(from[k], results[k]) : from[k];
      if (gradients.bias != nullptr) add_bias_gradient(g, sent.data(), biases.data() + block * g.out_channels);
      float* outputs = held.dy.data() + i * work.points * work.y_size;
      toom_expand({work.axis, ToomRole::result, {g.out_channels, kBlockSamples}}, sent.data(), outputs);
      if (gradients.x != nullptr) {
        backward_data_level({work, 0}, outputs, weights.data(), gradients.x->data() + block * in_size);
      }
      if (gradients.weight != nullptr) {
        expand_input(work, x.data() + block * in_size, held.x.data() + i * work.points * work.x_size);
      }
    });
    if (gradients.weight != nullptr) add_weight_gradient(work, held, weight_gradient);
  }
  if (gradients.weight != nullptr) contract_weight(work, weight_gradient, *gradients.weight);
  if (gradients.bias != nullptr) {
    for (std::size_t o = 0; o < static_cast<std::size_t>(g.out_channels); ++o) {
      double total = 0;
      for (std::size_t i = o; i < biases.size(); i += static_cast<std::size_t>(g.out_channels)) total += biases[i];
      (*gradients.bias)[static_cast<Index>(o)] += static_cast<float>(total);
    }
  }
}

}  // namespace specfuse
