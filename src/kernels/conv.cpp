#include "specfuse/kernels/conv.h"

#include <algorithm>
#include <vector>

#include "kernels/simd.h"
#include "specfuse/core/error.h"
#include "specfuse/core/threads.h"
#include "specfuse/kernels/dispatch.h"
#include "specfuse/kernels/gemm.h"

namespace specfuse {
namespace {

/// Partial sums of a weight gradient: a fixed number, so that the order of additions is fixed.
constexpr Index kPartialSums = 8;

void check(const char* name, const Tensor& tensor, const Shape& expected) {
  SPECFUSE_CHECK(tensor.defined() && tensor.shape() == expected, "convolution: expected ", name, " of shape ",
                 expected.text(), ", got ", tensor.shape().text());
}

/// Memory of the calling thread that keeps its size between calls. `slot` tells uses apart.
float* scratch(int slot, Index floats) {
  thread_local Tensor memory[2];
  Tensor& tensor = memory[slot];
  if (tensor.size() < floats) tensor = Tensor::uninitialized({floats});
  return tensor.data();
}
constexpr int kColumns = 0, kOutputs = 1;

/// Output positions of one block: as many as fit into `kColumnFloats`, within limits between which GEMM is fast.
Index block_positions(const ConvGeometry& g) { return std::clamp<Index>(kColumnFloats / g.taps(), 16, 1024); }

MatrixView<const float> weight_matrix(const ConvGeometry& g, const Tensor& weight) {
  return {weight.data(), g.out_channels, g.taps()};
}

/// Output positions that are computed together.
struct Block {
  const ConvGeometry& g;
  PositionRange range;
};

/// Calls body(at, offset, count) for each run of positions that lies in one sample: `at` is where the run starts in
/// channel 0 of an output tensor, `offset` where it starts in the block.
template <class Body>
void for_each_run(const Block& block, Body body) {
  const auto& [g, range] = block;
  for (Index position = range.begin; position < range.end;) {
    const Index sample = position / g.positions(), inside = position % g.positions();
    const Index count = std::min(g.positions() - inside, range.end - position);
    body(sample * g.out_channels * g.positions() + inside, position - range.begin, count);
    position += count;
  }
}

/// values [O, range.size()] + bias -> output [N, O, OH, OW].
void scatter(const Block& block, const float* values, const float* bias, float* output) {
  const ConvGeometry& g = block.g;
  for_each_run(block, [&](Index at, Index offset, Index count) {
    for (Index o = 0; o < g.out_channels; ++o) {
      const float* from = values + o * block.range.size() + offset;
      float* to = output + at + o * g.positions();
      const float shift = bias != nullptr ? bias[o] : 0.0f;
      for (Index i = 0; i < count; ++i) to[i] = from[i] + shift;
    }
  });
}

/// output [N, O, OH, OW] -> values [O, range.size()].
void gather(const Block& block, const float* output, float* values) {
  const ConvGeometry& g = block.g;
  for_each_run(block, [&](Index at, Index offset, Index count) {
    for (Index o = 0; o < g.out_channels; ++o) {
      std::copy_n(output + at + o * g.positions(), count, values + o * block.range.size() + offset);
    }
  });
}

}  // namespace

Tensor conv_forward(const ConvGeometry& g, const Tensor& input, const Tensor& weight, const Tensor& bias) {
  check("input", input, g.input_shape());
  check("weight", weight, g.weight_shape());
  if (bias.defined()) check("bias", bias, {g.out_channels});
  Tensor output = Tensor::uninitialized(g.output_shape());
  parallel_ranges(g.batch * g.positions(), block_positions(g), [&](Index begin, Index end) {
    const PositionRange range{begin, end};
    float* columns = scratch(kColumns, g.taps() * range.size());
    float* values = scratch(kOutputs, g.out_channels * range.size());
    simd().im2col.im2col(g, input.data(), range, columns);
    gemm(plain(weight_matrix(g, weight)), plain({columns, g.taps(), range.size()}),
         {values, g.out_channels, range.size()});
    scatter({g, range}, values, bias.data(), output.data());
  });
  return output;
}

void conv_backward_data(const ConvGeometry& g, const Tensor& output_grad, const Tensor& weight, Tensor& input_grad) {
  check("output gradient", output_grad, g.output_shape());
  check("weight", weight, g.weight_shape());
  check("input gradient", input_grad, g.input_shape());
  // Neighbouring positions add to the same inputs, so a task owns whole samples: enough of them to fill a block.
  const Index block = block_positions(g), samples = std::max<Index>(1, block / g.positions());
  parallel_ranges(g.batch, samples, [&](Index first, Index last) {
    for (Index begin = first * g.positions(); begin < last * g.positions(); begin += block) {
      const PositionRange range{begin, std::min(begin + block, last * g.positions())};
      float* columns = scratch(kColumns, g.taps() * range.size());
      float* values = scratch(kOutputs, g.out_channels * range.size());
      gather({g, range}, output_grad.data(), values);
      gemm(transposed(weight_matrix(g, weight)), plain({values, g.out_channels, range.size()}),
           {columns, g.taps(), range.size()});
      simd().im2col.col2im(g, columns, range, input_grad.data());
    }
  });
}

void conv_backward_weight(const ConvGeometry& g, const Tensor& output_grad, const Tensor& input, Tensor& weight_grad) {
  check("output gradient", output_grad, g.output_shape());
  check("input", input, g.input_shape());
  check("weight gradient", weight_grad, g.weight_shape());
  const Index block = block_positions(g), positions = g.batch * g.positions();
  const Index blocks = (positions + block - 1) / block, per_sum = (blocks + kPartialSums - 1) / kPartialSums * block;
  std::vector<Tensor> partial(static_cast<std::size_t>(per_sum > 0 ? (positions + per_sum - 1) / per_sum : 0));
  parallel_ranges(positions, std::max<Index>(1, per_sum), [&](Index first, Index last) {
    Tensor sum(g.weight_shape());
    for (Index begin = first; begin < last; begin += block) {
      const PositionRange range{begin, std::min(begin + block, last)};
      float* columns = scratch(kColumns, g.taps() * range.size());
      float* values = scratch(kOutputs, g.out_channels * range.size());
      simd().im2col.im2col(g, input.data(), range, columns);
      gather({g, range}, output_grad.data(), values);
      gemm(plain({values, g.out_channels, range.size()}), transposed({columns, g.taps(), range.size()}),
           {sum.data(), g.out_channels, g.taps()}, true);
    }
    partial[static_cast<std::size_t>(first / per_sum)] = sum;
  });
  for (const Tensor& sum : partial) {
    for (Index i = 0; i < weight_grad.size(); ++i) weight_grad[i] += sum[i];
  }
}

void conv_backward_bias(const ConvGeometry& g, const Tensor& output_grad, Tensor& bias_grad) {
  check("output gradient", output_grad, g.output_shape());
  check("bias gradient", bias_grad, {g.out_channels});
  parallel_for(g.out_channels, [&](Index o) {
    double total = 0;
    for (Index n = 0; n < g.batch; ++n) {
      const float* values = output_grad.data() + (n * g.out_channels + o) * g.positions();
      for (Index i = 0; i < g.positions(); ++i) total += values[i];
    }
    bias_grad[o] += static_cast<float>(total);
  });
}

}  // namespace specfuse
